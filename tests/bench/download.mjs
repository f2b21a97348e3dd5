#!/usr/bin/env node
// Films on their way to a kiosk: throughput of its downloads, sealed and verified, beside `curl` of the same file
// from the same cloud to the same disk, in turns; and what ten SIGKILLs in the middle of one cost.
//
//   node tests/bench/download.mjs BUILD_DIR [ROUNDS] [SECONDS]
//
// BUILD_DIR: a release build with the targets machiai-kiosk, machiai-cloud and escpos. SECONDS: length of the film of
// noise that is made and converted first (about 1.5 MB each; 60 take two minutes). The kiosk's time runs from the first
// byte in its part file to the film in its place: fetched, sealed, on the disk, read again, hash compared. curl's is its own
// time_total; `curl + sync` has `sync -d` of the file behind it, which the kiosk's has in it.
//
// Not a test: the figures depend on the machine, so its load stands beside them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { House } from '../../cmake/try/house.mjs';
import { sleep, until } from '../../cmake/try/process.mjs';
import { quantile } from './boards.mjs';

const [build, rounds = '7', seconds = '60'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/download.mjs BUILD_DIR [ROUNDS] [SECONDS]');
  process.exit(2);
}

const POINTS = 10, HEADER = 16, FRAME = 24 + 65536 + 16, minute = 60000; // sealed_file.h
const root = new URL('../../', import.meta.url).pathname;
const size = (file) => (existsSync(file) ? statSync(file).size : 0);
const house = new House({ dir: mkdtempSync(path.join(tmpdir(), 'machiai-download-')), build: path.resolve(build), films: tmpdir() });
const film = {};

async function furnish() {
  mkdirSync(house.at('none/relaxation'), { recursive: true });
  house.films = house.at('none');
  await house.open();
  await house.startCloud();
  const { site } = await house.admin('site', 'add', '--settings', path.join(root, 'assets/demo/settings.json'));
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc=duration=${seconds}:size=640x360:rate=25,noise=alls=100:allf=t`,
    '-pix_fmt', 'yuv420p', '-preset', 'ultrafast', '-crf', '10', house.at('noise.mp4')]);
  const added = JSON.parse(execFileSync(house.bin.cloud, ['admin', '--data', house.at('cloud'), 'film', 'add', '--file', house.at('noise.mp4'),
    '--kind', 'health', '--title', 'noise', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] }));
  Object.assign(film, { sha256: added.sha256, clear: house.at('cloud/contents', added.sha256), bytes: size(house.at('cloud/contents', added.sha256)),
    part: house.at('kiosk/contents', `${added.sha256}.part`), sealed: house.at('kiosk/contents', `${added.sha256}.sealed`) });
  const table = { from: Date.now() - minute, to: Date.now() + 6000 * minute, deadline: Date.now() + 3000 * minute, items: [{ sha256: film.sha256 }] };
  await writeFile(house.at('table.json'), JSON.stringify(table));
  const { programme } = await house.admin('programme', 'add', '--site', site, '--file', house.at('table.json'));
  await house.admin('programme', 'distribute', '--programme', programme);
  await house.startPrinter();
  await house.startDisplay();
  film.code = (await house.admin('device', 'code', '--site', site)).code;
}

async function kill() {
  house.kiosk.killed = true;
  house.kiosk.kill('SIGKILL');
  await until('the kiosk to be gone', () => house.kiosk.exited);
}

/** Starts the kiosk without waiting for its answer: the download begins before. */
function startKiosk() {
  const started = house.startKiosk();
  started.catch(() => {}); // it may be killed before it answers
  return started;
}

/** Looks every millisecond; gives the time. */
async function when(probe) {
  const limit = performance.now() + 5 * minute;
  while (!probe()) {
    if (performance.now() > limit) throw new Error('nothing came within 5 minutes');
    await sleep(1);
  }
  return performance.now();
}

async function oneDownload() {
  rmSync(film.sealed, { force: true });
  const started = startKiosk();
  const from = await when(() => size(film.part) > 16), fetched = await when(() => size(film.sealed) > 0 || size(film.part) > film.bytes);
  const there = await when(() => size(film.sealed) > 0 && !existsSync(film.part));
  await started;
  await kill();
  return { fetched: fetched - from, verified: there - from };
}

function curl() {
  const { token } = JSON.parse(readFileSync(house.at('kiosk/identity.json'), 'utf8')), copy = house.at('copy');
  rmSync(copy, { force: true });
  const text = execFileSync('curl', ['-s', '-S', '-f', '-o', copy, '-w', '%{time_total}', '--cacert', house.at('cloud/tls/ca.pem'),
    '-H', `Authorization: Bearer ${token}`, `${house.url}/api/v1/contents/${film.sha256}`]).toString();
  const from = performance.now();
  execFileSync('sync', ['-d', copy]);
  const ms = Number(text) * 1000;
  return { ms, synced: ms + performance.now() - from };
}

function line(name, times) {
  const rate = (ms) => ((film.bytes / ms) * 1000 / 1e6).toFixed(0).padStart(6);
  console.log(`${name.padEnd(44)} ${[0.5, 0.9].map((q) => quantile(times, q).toFixed(0).padStart(7)).join(' ')}  ${rate(quantile(times, 0.5))}`);
}

async function throughput() {
  const kiosk = [], other = [];
  await house.writeConfig(film.code);
  await startKiosk(); // enrols; its download is the warm-up
  await when(() => size(film.sealed) > 0);
  await kill();
  for (let i = 0; i < Number(rounds); i++) {
    kiosk.push(await oneDownload());
    other.push(curl());
  }
  console.log(`\n${(film.bytes / 1e6).toFixed(1)} MB, ${rounds} rounds in turns, load ${loadavg()[0].toFixed(1)}`);
  console.log(`${'ms'.padEnd(44)} ${'p50'.padStart(7)} ${'p90'.padStart(7)}  MB/s`);
  line('kiosk: fetched and sealed', kiosk.map((one) => one.fetched));
  line('kiosk: ... on the disk, read again, verified', kiosk.map((one) => one.verified));
  line('curl', other.map((one) => one.ms));
  line('curl + sync', other.map((one) => one.synced));
}

/** Slowed down, so that there is a middle to be killed in. */
async function resume() {
  const rate = Math.max(1, Math.round((film.bytes * 8) / 10 / 1e6));
  rmSync(film.sealed, { force: true });
  await house.writeConfig(film.code, `bandwidth = ${rate}\n`);
  const lost = [], again = [];
  let before = 0, killed = 0;
  for (let point = 1; point <= POINTS + 1; point++) {
    const from = performance.now();
    const started = startKiosk();
    if (point > 1) {
      const resumed = await when(() => size(film.sealed) > 0 || (size(film.part) !== before && size(film.part) > 0));
      again.push(resumed - from);
    }
    if (point > POINTS) {
      await when(() => size(film.sealed) > 0);
      await started;
      break;
    }
    await when(() => size(film.part) >= (film.bytes * point) / (POINTS + 1));
    await kill();
    before = size(film.part);
    lost.push((before - HEADER) % FRAME); // a chunk that was being written
    killed++;
  }
  await until('the film to be verified', async () => (await house.ctl('status')).contents?.present === 1, { seconds: 60 });
  await kill();
  console.log(`\n${killed} SIGKILLs in one download at ${rate} Mbit/s: it went on each time and the film was right`);
  console.log(`on the disk but fetched again, bytes a kill: most ${Math.max(...lost)}; besides what was in memory, at most a chunk of 65536 and what libcurl held`);
  console.log(`from the start of the process to further bytes, ms: p50 ${quantile(again, 0.5).toFixed(0)}, most ${Math.max(...again).toFixed(0)}`);
}

try {
  await furnish();
  await throughput();
  await resume();
} finally {
  await house.stop().catch(() => {});
  await house.remove();
}
