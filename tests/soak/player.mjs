// player.mjs --build DIR [--boundaries N | --hours H] [--clip SECONDS] [--dir DIR]: see tests/soak/player.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { House } from '../../cmake/try/house.mjs';
import { sleep, until } from '../../cmake/try/process.mjs';
import { makeClips } from '../bench/clips.mjs';
import { memory } from '../bench/player/load.mjs';
import { grows, settled, slope } from './slope.mjs';

const SAMPLES = 600, EVERY_MIN_MS = 500, TELL_MS = 60000, STILL_MS = 60000, SHORT_MS = 3600000;
const { values } = parseArgs({ options: { build: { type: 'string' }, boundaries: { type: 'string' }, hours: { type: 'string' },
  clip: { type: 'string' }, dir: { type: 'string' } } });
const hours = Number(values.hours ?? 0), boundaries = Number(values.boundaries ?? (hours ? Infinity : 1000));
const seconds = Number(values.clip ?? (hours ? 10 : 1));
if (!values.build || !(boundaries > 0) || !(seconds >= 1) || !(hours >= 0)) {
  console.error('usage: tests/soak/player [--boundaries N | --hours H] [--clip SECONDS] [--dir DIR]');
  process.exit(2);
}
const kinds = [
  { coder: 'h264', size: '640x360', rate: 25, sound: 'aac' }, { coder: 'vp9', size: '320x180', rate: 30 },
  { coder: 'hevc', size: '426x240', rate: 24 }, { coder: 'h264', size: '1280x720', rate: 30, sound: 'aac' },
  { coder: 'av1', size: '320x180', rate: 25 }, { coder: 'h264', size: '322x182', rate: 50 },
];
const FIGURES = ['rss', 'pss', 'files', 'threads'];

/** What one process holds now; undefined: it has just ended. */
function held(pid) {
  const count = (what) => readdirSync(`/proc/${pid}/${what}`).length;
  try {
    const { rss, pss } = memory(pid);
    return { pid, rss: rss / 1024, pss: pss / 1024, files: count('fd'), threads: count('task') };
  } catch { return undefined; }
}

/** A monitor that plays nothing but these films. */
async function furnish(house) {
  await house.open();
  const clips = path.join(path.resolve(values.build), 'tests/soak/clips', String(seconds));
  await makeClips(clips, kinds, { seconds });
  await house.startCloud();
  const { site } = await house.admin('site', 'add', '--settings', fileURLToPath(new URL('../../assets/demo/settings.json', import.meta.url)));
  const { code } = await house.admin('device', 'code', '--site', site);
  await house.startDisplay();
  await writeFile(house.at('kiosk.conf'), `[cloud]\nurl = ${house.url}\nca = ${house.at('cloud/tls/ca.pem')}\ncode = ${code}
[kiosk]\ndata = ${house.at('kiosk')}\nrole = monitor\nsocket = ${house.at('kiosk.sock')}
[screen]\nmonitor = 1280x720\nmonitor_mm = 708\nfullscreen = no\n[video]\nsubstitutes = ${clips}\n`);
  house.kioskEnv = { SDL_AUDIODRIVER: 'dummy' };
  await house.startKiosk();
  await until('a film', async () => (await house.ctl('status')).video.frames > 10, { seconds: 60 });
}

/** Looks again and again until so many films have followed one another, or so many hours have passed. */
async function watch(house, tell) {
  const first = (await house.ctl('status')).video, began = performance.now(), end = hours ? began + hours * 3600000 : Infinity;
  const every = Math.max(EVERY_MIN_MS, (hours ? hours * 3600000 : boundaries * seconds * 1000) / SAMPLES), seen = [];
  let told = began, restarts = 0, { pid } = first;
  for (;;) {
    await sleep(every);
    const { video } = await house.ctl('status'), now = performance.now(), done = video.changes - first.changes;
    const kiosk = held(house.kiosk.pid), player = held(video.pid);
    if (video.pid && video.pid !== pid) { restarts += 1; ({ pid } = video); }
    if (kiosk && player) seen.push({ at: now, done, kiosk, player });
    const before = seen.findLast?.((one) => now - one.at > STILL_MS);
    if (before && before.done === done) throw new Error(`no film has followed another for ${STILL_MS / 1000} s`);
    if (now - told > TELL_MS) { told = now; tell(line(done, now - began, seen.at(-1), restarts)); }
    if (done >= boundaries || now >= end) return { seen, restarts, done, ms: now - began };
  }
}

const short = (one) => FIGURES.map((name) => `${name} ${name.endsWith('ss') ? `${(one[name] / 1024).toFixed(1)} MB` : one[name]}`).join(', ');
const line = (done, ms, at, restarts) => `${(ms / 60000).toFixed(0)} min, ${done} boundaries, ${restarts} restarts; kiosk: ${short(at.kiosk)}; player: ${short(at.player)}`;

/** Of the player that lived longest: each new one begins small. */
function longest(seen) {
  const lives = new Map();
  for (const one of seen) lives.set(one.player.pid, (lives.get(one.player.pid) ?? 0) + 1);
  const [pid] = [...lives].sort(([, a], [, b]) => b - a)[0];
  return seen.filter((one) => one.player.pid === pid);
}

/** The table; true when nothing grows, and no player died: nobody kills one here. */
function judge({ seen, restarts, done, ms }) {
  console.log(`\n${done} boundaries in ${(ms / 60000).toFixed(1)} min, ${restarts} restarts of the player; slopes of the second half, per 1,000 boundaries, with 95 % confidence`);
  if (ms < SHORT_MS) console.log('Less than an hour: a heap may still be settling.');
  let flat = restarts === 0;
  for (const [who, samples] of [['kiosk', seen], ['player', longest(seen)]]) {
    for (const name of FIGURES) {
      const list = samples.map((one) => one[who][name]), found = slope(settled(samples.map((one) => [one.done / 1000, one[who][name]]))), bad = grows(found);
      flat &&= !bad;
      console.log(`${who.padEnd(7)} ${name.padEnd(8)} first ${list[0]}, last ${list.at(-1)}, most ${Math.max(...list)}; slope ${found.value.toFixed(1)} ± ${found.half.toFixed(1)} ${bad ? 'GROWS' : 'flat'}`);
    }
  }
  console.log('rss and pss in KiB');
  return flat;
}

const dir = values.dir ? path.resolve(values.dir) : await mkdtemp(path.join(os.tmpdir(), 'machiai-soak-'));
const house = new House({ dir, build: path.resolve(values.build), films: dir });
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => house.stop().finally(() => process.exit(status)));
let flat = false;
try {
  console.log(`soak of the player: ${hours ? `${hours} h` : `${boundaries} boundaries`}, films of ${seconds} s; logs in ${dir}`);
  await furnish(house);
  const result = await watch(house, (text) => console.log(text));
  await writeFile(house.at('samples.json'), JSON.stringify(result));
  flat = judge(result);
} finally {
  await house.stop();
}
if (flat) await house.remove();
console.log(flat ? 'Nothing grows.' : `NOT FLAT, or players died; samples and logs are in ${dir}.`);
process.exit(flat ? 0 : 1);
