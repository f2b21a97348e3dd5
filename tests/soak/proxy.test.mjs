// The cutting proxy does what its modes say: a soak on a proxy that cuts nothing would prove nothing.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import net from 'node:net';
import { once } from 'node:events';
import { CuttingProxy } from './proxy.mjs';
import { until } from '../../cmake/try/process.mjs';

/** An echo with a count of what it heard, behind the proxy, and one client. */
async function withEcho(body) {
  const heard = { bytes: 0, ended: 0 }, sockets = new Set();
  const echo = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (data) => { heard.bytes += data.length; socket.write(data); });
    socket.on('error', () => {});
    socket.on('close', () => { heard.ended += 1; sockets.delete(socket); });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = new CuttingProxy(echo.address().port);
  await proxy.listen();
  const client = () => {
    const socket = net.connect(proxy.port, '127.0.0.1'), got = { bytes: 0, error: null, closed: false };
    socket.on('data', (data) => (got.bytes += data.length));
    socket.on('error', (error) => (got.error = error.code));
    socket.on('close', () => (got.closed = true));
    return { socket, got };
  };
  try {
    await body({ proxy, heard, client });
  } finally {
    proxy.close();
    for (const socket of sockets) socket.destroy();
    echo.close();
  }
}

test('passes, both ways', () => withEcho(async ({ client }) => {
  const { socket, got } = client();
  socket.write(Buffer.alloc(100000));
  await until('the echo', () => got.bytes === 100000);
  socket.destroy();
}));

for (const [mode, heardMeanwhile] of [['cut_up', 0], ['cut_down', 10]]) {
  test(`${mode} holds one direction and loses nothing`, () => withEcho(async ({ proxy, heard, client }) => {
    const { socket, got } = client();
    socket.write('x');
    await until('the echo', () => got.bytes === 1);
    proxy.set(mode);
    socket.write('0123456789');
    await until('what passes', () => heard.bytes === 1 + heardMeanwhile);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(heard.bytes, 1 + heardMeanwhile);
    assert.equal(got.bytes, 1, 'nothing comes back');
    proxy.set('pass');
    await until('all of it', () => got.bytes === 11);
    socket.destroy();
  }));
}

test('reset: connections end hard, and none is accepted', () => withEcho(async ({ proxy, heard, client }) => {
  const one = client();
  one.socket.write('x');
  await until('the echo', () => one.got.bytes === 1);
  proxy.set('reset');
  await until('its end', () => one.got.closed);
  assert.equal(one.got.error, 'ECONNRESET');
  const two = client();
  await until('the refusal', () => two.got.closed);
  await until('the server to see it', () => heard.ended === 1);
}));

test('half_open: the cloud is rid of it, the kiosk is not told', () => withEcho(async ({ proxy, heard, client }) => {
  const { socket, got } = client();
  socket.write('x');
  await until('the echo', () => got.bytes === 1);
  proxy.set('half_open');
  await until('the server to see its end', () => heard.ended === 1);
  socket.write('still there?');
  proxy.set('pass');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual([got.closed, got.bytes], [false, 1]);
  const next = client();
  next.socket.write('y');
  await until('a new one to pass', () => next.got.bytes === 1);
  socket.destroy();
  next.socket.destroy();
}));

test('lost_answer: the question arrives, the answer ends the connection', () => withEcho(async ({ proxy, heard, client }) => {
  proxy.set('lost_answer');
  const { socket, got } = client();
  socket.write('question');
  await until('the end', () => got.closed);
  assert.deepEqual([heard.bytes, got.bytes], [8, 0]);
}));

test('delay and throttle keep the order and lose nothing', () => withEcho(async ({ proxy, client }) => {
  for (const mode of ['delay', 'throttle']) {
    proxy.set(mode);
    const { socket, got } = client();
    const from = Date.now();
    for (let i = 0; i < 5; i++) socket.write(Buffer.alloc(200));
    await until('all of it', () => got.bytes === 1000);
    assert.ok(Date.now() - from >= 100, `${mode} takes its time`);
    socket.destroy();
  }
}));
