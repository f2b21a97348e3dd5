// A printer that needs no driver (ippeveprinter of CUPS): the same client, another URI.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import * as rig from './rig.mjs';
import { Client, makePicture, until, uuid } from './rig.mjs';

after(rig.cleanUp);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// It wants a message bus, though it says nothing on it.
async function startPrinter(format) {
  const dir = rig.place('ipp');
  const bus = join(dir, 'bus');
  rig.ends(spawn('dbus-daemon', ['--session', `--address=unix:path=${bus}`, '--nofork'], { stdio: 'ignore' }));
  await until('the message bus', () => existsSync(bus));
  const port = await freePort();
  const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}` };
  const child = spawn('ippeveprinter', ['-p', String(port), '-k', '-d', dir, '-f', format, '-n', 'localhost', '-r', 'off', 'Slips'],
    { env, stdio: 'ignore' });
  rig.ends(child);
  const client = Client.start({ uri: `ipp://localhost:${port}/ipp/print`, timeout: 2000 });
  await until('the printer', async () => (await client.ask('state')).reasons === 'none');
  return { child, client, dir };
}

// The file format as published (PWG 5102.4): header of 1796 bytes, then packed lines.
function readPwg(bytes) {
  assert.equal(bytes.toString('latin1', 0, 4), 'RaS2');
  const head = bytes.subarray(4, 4 + 1796);
  const width = head.readUInt32BE(372);
  const height = head.readUInt32BE(376);
  const perLine = head.readUInt32BE(392);
  assert.equal(head.readUInt32BE(388), 1, 'bits of a pixel');
  const bits = Buffer.alloc(perLine * height);
  let at = 4 + 1796;
  for (let y = 0; y < height;) {
    let repeat = bytes[at++] + 1;
    const line = Buffer.alloc(perLine);
    for (let x = 0; x < perLine;) {
      const code = bytes[at++];
      if (code < 128) {
        line.fill(bytes[at++], x, (x += code + 1));
      } else {
        bytes.copy(line, x, at, at + 257 - code);
        x += 257 - code;
        at += 257 - code;
      }
    }
    for (; repeat > 0; repeat--) line.copy(bits, y++ * perLine);
  }
  assert.equal(at, bytes.length, 'nothing behind the page');
  return { width, height, bits };
}

const missing = ['dbus-daemon', 'ippeveprinter'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
const skip = missing.length > 0 && `not installed: ${missing.join(', ')}`;

describe('a driverless printer', { skip }, () => {
  it('prints every dot, is followed and found', async () => {
    const { client, dir } = await startPrinter('image/pwg-raster');
    const picture = makePicture(576, 458);
    writeFileSync(join(dir, 'bits'), picture.bits);
    const job = join(dir, 'job');
    const made = await client.ask('encode', picture.width, picture.height, picture.stride, join(dir, 'bits'), job);
    assert.equal(made.error, 0);
    const title = uuid();
    const sent = await client.ask('submit', title, job);
    assert.equal(sent.error, 0);
    const fate = await client.fate(sent);
    assert.deepEqual([fate.outcome, fate.reasons], ['printed', 'none']);
    assert.equal((await client.ask('find', title)).id, sent.id);
    assert.equal((await client.ask('find', uuid())).error, 0);
    const name = readdirSync(dir).find((file) => file.includes(title));
    assert.ok(name, readdirSync(dir).join(' '));
    const page = readPwg(readFileSync(join(dir, name)));
    assert.deepEqual([page.width, page.height], [picture.width, picture.height]);
    assert.ok(page.bits.equals(picture.bits), 'every dot');
  });

  it('that takes another format is refused in words, one that is gone is offline', async () => {
    const { client, child } = await startPrinter('image/urf');
    assert.equal((await client.ask('setup')).error, -71); // EPROTO
    child.kill('SIGKILL');
    await once(child, 'exit');
    const state = await client.ask('state');
    assert.deepEqual([state.error, state.reasons], [0, 'offline-report']);
    assert.equal((await client.ask('setup')).error, -113); // EHOSTUNREACH
  });
});
