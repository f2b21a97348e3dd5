// The cloud's certificate is replaced while it serves: by files that change, at SIGHUP, and never by
// what cannot be used.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import tls from 'node:tls';
import { inHouse, sleep, until } from './fixture.mjs';

const connect = (port) => new Promise((resolve, reject) => {
  const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => resolve(socket));
  socket.on('error', reject);
});

async function shown(port) {
  const socket = await connect(port);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

function makePair(house, name) {
  const key = house.at(`${name}-key.pem`), certificate = house.at(`${name}.pem`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
    '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return { key, certificate };
}

/** An answer over a connection that stands. */
function ask(socket) {
  return new Promise((resolve, reject) => {
    socket.once('data', (bytes) => resolve(String(bytes).slice(0, 15)));
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  });
}

const logOf = async (cloud) => readFile(cloud.log, 'utf8');

test('a new certificate is taken over by itself, a wrong one is not', async () => {
  await inHouse(async (house) => {
    await house.startCloud();
    const cloud = house.processes.find((part) => part.name === 'cloud');
    const port = Number(new URL(house.url).port), folder = (name) => house.at(`cloud/tls/${name}`);
    const first = await shown(port);
    const standing = await connect(port);

    // The key comes first, as a renewal script may write it: until both fit, the old pair serves.
    const pair = makePair(house, 'second');
    await rename(pair.key, folder('server-key.pem'));
    await until('the half pair to be refused', async () => (await logOf(cloud)).includes('the certificate in use stays'), { seconds: 15 });
    assert.equal(await shown(port), first);
    await rename(pair.certificate, folder('server.pem'));
    await until('the second certificate', async () => await shown(port) === 'second', { seconds: 15 });
    assert.equal(await ask(standing), 'HTTP/1.1 200 OK', 'a connection that stood goes on');
    standing.destroy();

    await writeFile(folder('server.pem'), 'no certificate\n');
    await until('it to be refused', async () => (await logOf(cloud)).includes('server.pem is no certificate'), { seconds: 15 });
    assert.equal(await shown(port), 'second');

    const third = makePair(house, 'third');
    await rename(third.key, folder('server-key.pem'));
    await rename(third.certificate, folder('server.pem'));
    process.kill(cloud.pid, 'SIGHUP');
    await until('the third certificate', async () => await shown(port) === 'third', { every: 50, seconds: 15 });
    await sleep(100);
    assert.equal(cloud.exited, null, 'SIGHUP ends nothing');
  });
});
