// Hostile requests to the real server, over TLS and plain, beside nginx: what nginx refuses is refused
// here, nothing is answered twice, and every refusal is one whole answer or a closed connection.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { CloudHouse, sleep, until } from './clinics.mjs';

const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(existsSync);
const HOST = 'Host: localhost\r\n', BODY = '{"code":"AAAAAAAA"}', PATIENCE_MS = 4000;
const POST = `POST /api/v1/devices/enrol HTTP/1.1\r\n${HOST}`, GET = `GET /healthz HTTP/1.1\r\n${HOST}`;
const NEXT = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;
const chunked = (body, more = '') => `${POST}Transfer-Encoding: chunked\r\n${more}\r\n${body}`;

// Refused: never an answer of success, never a second one.
const ROWS = {
  'no Host': 'GET /healthz HTTP/1.1\r\n\r\n',
  'two Hosts': `${GET}Host: other\r\n\r\n`,
  'empty Host': 'GET /healthz HTTP/1.1\r\nHost: \r\n\r\n',
  'Host with a path': 'GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n',
  'Host with an account': 'GET /healthz HTTP/1.1\r\nHost: a@b\r\n\r\n',
  'Host with a space': 'GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n',
  'two lengths': `${POST}Content-Length: 19\r\nContent-Length: 19\r\n\r\n${BODY}${NEXT}`,
  'two unlike lengths': `${POST}Content-Length: 0\r\nContent-Length: 19\r\n\r\n${BODY}${NEXT}`,
  'list of lengths': `${POST}Content-Length: 19, 19\r\n\r\n${BODY}${NEXT}`,
  'length with sign': `${POST}Content-Length: +19\r\n\r\n${BODY}${NEXT}`,
  'negative length': `${POST}Content-Length: -19\r\n\r\n${BODY}${NEXT}`,
  'hexadecimal length': `${POST}Content-Length: 0x13\r\n\r\n${BODY}${NEXT}`,
  'length with a blank inside': `${POST}Content-Length: 1 9\r\n\r\n${BODY}${NEXT}`,
  'length beyond 64 bits': `${POST}Content-Length: 99999999999999999999\r\n\r\n${BODY}`,
  'length and chunked': `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`,
  'chunked and length': chunked(`0\r\n\r\n${NEXT}`, 'Content-Length: 5\r\n'),
  'chunked twice': chunked(`0\r\n\r\n${NEXT}`, 'Transfer-Encoding: chunked\r\n'),
  'chunked, then identity': chunked(`0\r\n\r\n${NEXT}`, 'Transfer-Encoding: identity\r\n'),
  'unknown encoding': `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${NEXT}`,
  'encoding with a tab of its own': `${POST}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${NEXT}`,
  'chunked in HTTP/1.0': `POST /api/v1/devices/enrol HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${NEXT}`,
  'chunk size that is no number': chunked(`zz\r\n${BODY}\r\n0\r\n\r\n${NEXT}`),
  'chunk size with sign': chunked(`-13\r\n${BODY}\r\n0\r\n\r\n${NEXT}`),
  'chunk size with 0x': chunked(`0x13\r\n${BODY}\r\n0\r\n\r\n${NEXT}`),
  'chunk size beyond 64 bits': chunked(`FFFFFFFFFFFFFFFFF\r\n${BODY}\r\n0\r\n\r\n`),
  'chunk longer than it says': chunked(`13\r\n${BODY}XX\r\n0\r\n\r\n${NEXT}`),
  'bare line feed in the header': `GET /healthz HTTP/1.1\r\n${HOST}X: y\nZ: z\r\n\r\n`,
  'bare carriage return in a value': `${GET}X: a\rTransfer-Encoding: chunked\r\n\r\n`,
  'NUL in a value': `${GET}X: a\0b\r\n\r\n`,
  'NUL in a name': `${GET}X\0Y: b\r\n\r\n`,
  'NUL in the target': `GET /heal\0thz HTTP/1.1\r\n${HOST}\r\n`,
  'folded line': `${GET}X: a\r\n Transfer-Encoding: chunked\r\n\r\n`,
  'folded first line': `GET /healthz HTTP/1.1\r\n X: y\r\n${HOST}\r\n`,
  'space before the colon': `${POST}Content-Length : 19\r\n\r\n${BODY}`,
  'space in a name': `${GET}X Y: z\r\n\r\n`,
  'line without a colon': `${GET}nonsense\r\n\r\n`,
  'line without a name': `${GET}: x\r\n\r\n`,
  'control character in a value': `${GET}X: a\x01b\r\n\r\n`,
  'target of another host': `GET http://other.example/healthz HTTP/1.1\r\n${HOST}\r\n`,
  'target without a slash': `GET healthz HTTP/1.1\r\n${HOST}\r\n`,
  'climbing target': `GET /../../etc/passwd HTTP/1.1\r\n${HOST}\r\n`,
  'climbing target, in code': `GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n${HOST}\r\n`,
  'climbing target, in code twice': `GET /..%252f..%252fetc/passwd HTTP/1.1\r\n${HOST}\r\n`,
  'climbing target, other slash': `GET /..\\..\\etc\\passwd HTTP/1.1\r\n${HOST}\r\n`,
  'NUL in the target, in code': `GET /healthz%00.html HTTP/1.1\r\n${HOST}\r\n`,
  'half a code in the target': `GET /api/v1/queues/%4 HTTP/1.1\r\n${HOST}\r\n`,
  'space in the target': `GET /heal thz HTTP/1.1\r\n${HOST}\r\n`,
  'tunnel': `CONNECT localhost:22 HTTP/1.1\r\n${HOST}\r\n`,
  'echo of the request': `TRACE /healthz HTTP/1.1\r\n${HOST}\r\n`,
  'unknown method': `BREW /healthz HTTP/1.1\r\n${HOST}\r\n`,
  'method in small letters': `get /healthz HTTP/1.1\r\n${HOST}\r\n`,
  'HTTP/0.9': 'GET /healthz\r\n\r\n',
  'HTTP/2 greeting': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'version of the future': `GET /healthz HTTP/9.9\r\n${HOST}\r\n`,
  'version that is no number': `GET /healthz HTTP/1.x\r\n${HOST}\r\n`,
  'header of 100 KB': `${GET}X: ${'y'.repeat(100 * 1024)}\r\n\r\n`,
  'thousands of headers': `${GET}${'X: y\r\n'.repeat(5000)}\r\n`,
  'target of 20 KB': `GET /healthz?${'x'.repeat(20 * 1024)} HTTP/1.1\r\n${HOST}\r\n`,
  'greeting of another protocol': 'EHLO mail.example\r\n\r\n',
  'nothing but NUL': '\0\0\0\0\0\0\0\0\r\n\r\n',
};

/** No request yet to the library: the deadline of a header ends it (test_http_hostile.c). */
const UNFINISHED = new Set(['nothing but NUL']);

let house, nginx, ports;

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** nginx with the same addresses: bodies are read, since another server behind it answers. */
async function startNginx() {
  const [secure, plain, behind] = [await freePort(), await freePort(), await freePort()], dir = house.at('nginx');
  await mkdir(dir, { recursive: true });
  await writeFile(`${dir}/nginx.conf`, `daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log; ${process.getuid() === 0 ? 'user root;' : ''}
events {} http { access_log off; client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
server { listen 127.0.0.1:${behind}; location / { return 200 "ok"; } }
server { listen 127.0.0.1:${plain}; listen 127.0.0.1:${secure} ssl; ssl_certificate ${house.at('cloud/tls/server.pem')}; ssl_certificate_key ${house.at('cloud/tls/server-key.pem')};
location = /healthz { return 200 "ok"; } location = /api/v1/devices/enrol { proxy_pass http://127.0.0.1:${behind}; } location / { return 404; } } }`);
  nginx = spawn(NGINX, ['-p', dir, '-c', `${dir}/nginx.conf`], { stdio: 'ignore' });
  await until('nginx', () => new Promise((resolve, reject) => net.connect(plain, '127.0.0.1', function answered() { this.destroy(); resolve(true); }).on('error', reject)));
  return { secure, plain };
}

before(async () => {
  const plain = await freePort();
  house = await CloudHouse.make(['--listen-plain', `127.0.0.1:${plain}`]);
  await house.startCloud();
  ports = { secure: house.port, plain };
});

after(async () => {
  nginx?.kill('SIGTERM');
  await house.stop();
  await house.remove();
});

const open = (port, secure) => secure ? tls.connect({ port, host: '127.0.0.1', ca: house.ca, servername: 'localhost', checkServerIdentity: () => undefined }) : net.connect(port, '127.0.0.1');

/** All that comes back until the server closes, or falls silent after it has answered. */
function send(port, secure, bytes, { quietMs = 300, patienceMs = PATIENCE_MS } = {}) {
  return new Promise((resolve) => {
    const socket = open(port, secure), began = Date.now();
    let text = '', quiet;
    const done = (closed) => {
      clearTimeout(quiet);
      clearTimeout(patience);
      socket.destroy();
      resolve({ text, closed, ms: Date.now() - began });
    };
    const patience = setTimeout(() => done(false), patienceMs);
    socket.setEncoding('latin1');
    socket.on('error', () => done(true)).on('close', () => done(true)).on('end', () => done(true));
    socket.on('data', (more) => {
      text += more;
      clearTimeout(quiet);
      quiet = setTimeout(() => done(false), quietMs);
    });
    if (typeof bytes === 'string') socket.write(bytes, 'latin1');
    else bytes(socket);
  });
}

/** The library writes the header of some of its own refusals twice, the second one as part of the body; it closes behind them. */
const once = (text) => text.replace(/^(HTTP\/1\.[01] 4\d\d [^]*?Connection: close[^]*?\r\n\r\n)\1(?=<html>)/, '$1');
const statuses = ({ text }) => [...once(text).matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));

for (const secure of [true, false]) {
  test(`hostile requests over ${secure ? 'TLS' : 'plain HTTP'} (${Object.keys(ROWS).length}), with nginx's answers`, { timeout: 240000 }, async (t) => {
    const reference = NGINX ? await startNginx() : undefined, faults = [];
    if (!reference) t.diagnostic('no nginx here: refusals are checked by themselves');
    let html = 0;
    for (const [what, bytes] of Object.entries(ROWS)) {
      const ours = await send(secure ? ports.secure : ports.plain, secure, bytes), theirs = reference && await send(secure ? reference.secure : reference.plain, secure, bytes);
      const mine = statuses(ours), nginxSays = theirs ? statuses(theirs).join(', ') || 'closed' : '-';
      if (mine.length > 1) faults.push(`${what}: answered twice (${mine}), nginx: ${nginxSays}`);
      if (mine.some((status) => status < 400 || status === 500)) faults.push(`${what}: answered ${mine}, nginx: ${nginxSays}`);
      if (mine.length === 0 && ours.text) faults.push(`${what}: no HTTP: ${ours.text.slice(0, 60)}`);
      if (mine.length === 0 && !ours.closed && !UNFINISHED.has(what)) faults.push(`${what}: neither answered nor closed`);
      if (/<html/i.test(ours.text)) html++;
      else if (mine.length && !/\r\n\r\n\{"error":"[a-z_]+","message":"[^"]+/.test(ours.text) && !/^HTTP\/1\.1 405/.test(ours.text)) faults.push(`${what}: no words: ${ours.text}`);
      if (theirs && statuses(theirs).every((status) => status >= 400) && mine[0] < 400) faults.push(`${what}: nginx refuses it (${nginxSays}), we answered ${mine}`);
    }
    assert.deepEqual(faults, []);
    t.diagnostic(`${html} of the refusals are the library's own`);
    assert.equal((await house.api('GET', '/healthz')).status, 200);
    nginx?.kill('SIGTERM');
    nginx = undefined;
  });
}

test('requests in a row: each its answer in order, and none behind one that is refused', async () => {
  const good = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`, bad = `GET /healthz HTTP/1.1\r\n${HOST}X: a\x01b\r\n\r\n`;
  for (const secure of [true, false]) {
    const port = secure ? ports.secure : ports.plain;
    assert.deepEqual(statuses(await send(port, secure, good.repeat(20), { quietMs: 2500, patienceMs: 20000 })), Array(20).fill(200));
    assert.deepEqual(statuses(await send(port, secure, good + bad + good, { quietMs: 2500, patienceMs: 20000 })), [200, 400]);
    const late = await send(port, secure, `${POST}Content-Length: ${BODY.length}\r\n\r\n${BODY}${good}`, { quietMs: 2500, patienceMs: 20000 });
    assert.equal(statuses(late).length, 2, 'a body ends where its length says');
    assert.equal(statuses(late)[1], 200);
  }
});

const client = (...args) => {
  try {
    return execFileSync('openssl', ['s_client', '-connect', `127.0.0.1:${ports.secure}`, '-CAfile', house.at('cloud/tls/ca.pem'), ...args], { input: '', timeout: 20000, stdio: ['pipe', 'pipe', 'pipe'] }).toString();
  } catch (error) {
    return `FAILED ${error.stdout}${error.stderr}`;
  }
};

test('TLS 1.2 and 1.3 alone, forward secrecy and authenticated ciphers alone', () => {
  assert.match(client('-tls1_3'), /Cipher is TLS_(AES|CHACHA20)/);
  assert.match(client('-tls1_2'), /Cipher is ECDHE-(ECDSA|RSA)-(AES|CHACHA20)/);
  for (const old of ['-tls1', '-tls1_1']) assert.match(client(old, '-cipher', 'ALL:@SECLEVEL=0'), /FAILED|Cipher is \(NONE\)/, old);
  for (const weak of ['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA384', 'NULL', 'DES-CBC3-SHA'])
    assert.match(client('-tls1_2', '-cipher', `${weak}:@SECLEVEL=0`), /FAILED|Cipher is \(NONE\)/, weak);
});

test('no renegotiation, no compression', async () => {
  assert.match(client('-tls1_2'), /Compression: NONE/);
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${ports.secure}`, '-tls1_2', '-legacy_renegotiation', '-CAfile', house.at('cloud/tls/ca.pem')]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const gone = new Promise((resolve) => child.on('exit', resolve));
  await until('the handshake', () => /Verify return code/.test(said));
  child.stdin.write('R\n');
  await until('the refusal', () => /RENEGOTIATING[\s\S]*(error|no renegotiation|closed|handshake failure)/i.test(said) || child.exitCode !== null);
  child.stdin.end(`GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  await Promise.race([gone, sleep(5000).then(() => child.kill())]);
  assert.doesNotMatch(said, /RENEGOTIATING[\s\S]*verify return:1/, 'it agreed on new keys');
});

test('article 37: whoever has one IPv6 address has a network of them, and one rate', { timeout: 60000 }, async () => {
  const behind = await freePort(), other = await CloudHouse.make();
  other.cloudOptions = ['--rate', '1', '--listen-plain', `127.0.0.1:${behind}`];
  try {
    await other.startCloud();
    const ask = async (address) => statuses(await send(behind, false, `GET /api/v1/hours HTTP/1.1\r\n${HOST}X-Forwarded-For: ${address}\r\nConnection: close\r\n\r\n`))[0];
    const answers = [];
    for (let i = 1; i <= 120 && !answers.includes(429); i++) answers.push(await ask(`2001:db8::${i.toString(16)}`));
    assert.ok(answers.includes(429), 'each of its addresses had a rate of its own');
    assert.equal(await ask('2001:db8:0:1::1'), 200, 'a neighbour waits for it');
  } finally {
    await other.stop();
    await other.remove();
  }
});

test('who goes on with wrong tokens is told to wait; the public pages go on', { timeout: 120000 }, async () => {
  const behind = await freePort(), other = await CloudHouse.make();
  other.cloudOptions = ['--listen-plain', `127.0.0.1:${behind}`];
  try {
    await other.startCloud();
    const ask = (more) => send(behind, false, `GET /api/v1/audit HTTP/1.1\r\n${HOST}${more}Connection: close\r\n\r\n`, { patienceMs: 20000 });
    const answers = [];
    let last;
    for (let i = 0; i < 400 && !answers.includes(429); i++) {
      last = await ask(`X-Forwarded-For: 2001:db8::${i.toString(16)}\r\nAuthorization: Bearer wrong-${i}\r\n`);
      answers.push(statuses(last)[0]);
    }
    assert.equal(answers[0], 401);
    assert.equal(answers.at(-1), 429, 'it may guess for ever');
    assert.match(last.text, /^Retry-After: \d+\r$/im);
    assert.equal(statuses(await send(behind, false, `GET /api/v1/hours HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`))[0], 200, 'the public pages go on');
  } finally {
    await other.stop();
    await other.remove();
  }
});

test('the OpenAPI document comes compressed, and not again', async () => {
  const ask = (more) => send(ports.plain, false, `GET /api/v1/openapi.json HTTP/1.1\r\n${HOST}${more}Connection: close\r\n\r\n`, { patienceMs: 20000 });
  const whole = await ask(''), packed = await ask('Accept-Encoding: gzip\r\n'), etag = /^ETag: (\S+)\r$/im.exec(packed.text)[1];
  assert.match(packed.text, /^Content-Encoding: gzip\r$/im);
  assert.ok(packed.text.length * 3 < whole.text.length, `${packed.text.length} of ${whole.text.length}`);
  assert.equal(statuses(await ask(`Accept-Encoding: gzip\r\nIf-None-Match: ${etag}\r\n`))[0], 304);
});
