// A cloud that is asked to stop does so soon, whatever it waits for.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { test } from 'node:test';
import { run, until, withCloud } from './clinics.mjs';

const GRACE_S = 8; // a unit's TimeoutStopSec and the demo's patience are longer

/** The converter that the cloud has started, if it runs now. */
function converterOf(pid) {
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name, parent] = /\((.*)\) \w (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'latin1'));
      if (name === 'ffmpeg' && Number(parent) === pid) return Number(entry);
    } catch { /* it has ended */ }
  }
  return undefined;
}

async function endsSoon(house) {
  const began = performance.now(), how = await house.endCloud('SIGTERM'), seconds = (performance.now() - began) / 1000;
  assert.deepEqual(how, { code: 0, signal: null });
  assert.ok(seconds < GRACE_S, `it took ${seconds} s`);
}

test('a still that is being made: its maker is killed, who waits for it is answered', { timeout: 120000 }, () => withCloud([], async (house) => {
  await house.startCloud();
  const film = house.at('film.mp4'), password = 'kumo-tsuki-3819-hana';
  await run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=25:duration=4', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', film]);
  const { sha256 } = await house.admin('film', 'add', '--file', film, '--kind', 'health', '--title', 'film');
  await house.admin('user', 'add', '--user', 'nishi', '--name', 'n', '--role', 'operator', '--password', password);
  const headers = await house.login('nishi', password);
  const waiting = Array.from({ length: 3 }, () => house.api('GET', `/api/v1/films/${sha256}/still`, undefined, headers).then(({ status }) => status, () => 'closed'));
  const converter = await until('the converter', () => converterOf(house.cloud.pid), { every: 2 });
  process.kill(converter, 'SIGSTOP'); // never ends by itself
  await endsSoon(house);
  for (const status of await Promise.all(waiting)) assert.ok(status === 503 || status === 'closed', `answered ${status}`);
  assert.throws(() => process.kill(converter, 0), 'the converter is there');
}));

test('a mail server that says nothing keeps nobody waiting', { timeout: 120000 }, async () => {
  const calls = [], silent = net.createServer((socket) => calls.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  try {
    await withCloud([], async (house) => {
      await run('mkdir', ['-m', '700', house.at('cloud')]);
      await writeFile(house.at('cloud/mail.conf'), `[mail]\nurl = smtp://127.0.0.1:${silent.address().port}\nfrom = noreply@example.jp\n`);
      const settings = house.at('clinic.json'), day = 86400000, table = house.at('table.json'), film = house.at('film.mp4');
      await writeFile(settings, JSON.stringify({ clinic_no: '2001', name: 'c', phone: '03-0000-0000', video: true, desks: [{ desk_no: 1, kind: 'consultation', name: 'd', first: 1, last: 99 }], rooms: [{ id: 'r', desk_no: 1, name: 'r' }], services: [{ id: 's', desk_no: 1, name: 's' }] }));
      const { site } = await house.admin('site', 'add', '--settings', settings);
      await house.admin('user', 'add', '--user', 'owner', '--name', 'o', '--role', 'contractor', '--site', site, '--password', 'kumo-tsuki-3819-hana');
      await house.admin('user', 'mail', '--user', 'owner', '--address', 'owner@example.jp');
      await run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'color=green:size=320x180:rate=10:duration=3', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', film]);
      const { sha256 } = await house.admin('film', 'add', '--file', film, '--kind', 'health', '--title', 'film');
      await writeFile(table, JSON.stringify({ from: Date.now() + 7 * day, to: Date.now() + 14 * day, deadline: Date.now() + day / 2, items: [{ sha256 }] }));
      const { programme } = await house.admin('programme', 'add', '--site', site, '--file', table);
      await house.admin('programme', 'distribute', '--programme', programme);
      await house.startCloud();
      await until('a call at the mail server', () => calls.length, { seconds: 40 });
      await endsSoon(house);
    });
  } finally {
    calls.forEach((socket) => socket.destroy());
    silent.close();
  }
});
