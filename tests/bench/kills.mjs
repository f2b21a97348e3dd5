#!/usr/bin/env node
// The player is killed and killed again under a whole kiosk: how soon the picture is back, and how long the longest
// turn of the main loop was meanwhile. The first half of the kills follow upon each other as soon as the picture is
// back, the others come at random moments; every tenth stops the player (SIGSTOP) instead.
//
//   MACHIAI_FILMS=FILMS node tests/bench/kills.mjs BUILD_DIR [KILLS]   a release build; 100 kills
//
// Not a test: the figures depend on the machine, whose load is printed beside them.
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { House } from '../../cmake/try/house.mjs';
import { sleep, until } from '../../cmake/try/process.mjs';

const [build, kills = '100'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/kills.mjs BUILD_DIR [KILLS]');
  process.exit(2);
}
const films = process.env.MACHIAI_FILMS ?? path.join(build, '../films'), QUIET_MS = 3000, EVERY_MS = 15, PATIENCE_MS = 20000;
const house = new House({ dir: await mkdtemp(path.join(os.tmpdir(), 'machiai-bench-')), build: path.resolve(build), films: path.resolve(films) });

const status = () => house.asks('status');

/** Both screens, and films alone: relaxation films, one behind the other. */
async function furnish() {
  await house.open();
  await house.startCloud();
  const { site } = await house.admin('site', 'add', '--settings', fileURLToPath(new URL('../../assets/demo/settings.json', import.meta.url)));
  await house.startPrinter();
  await house.startDisplay();
  await house.writeConfig((await house.admin('device', 'code', '--site', site)).code);
  await house.startKiosk();
}

/** Milliseconds from the kill until a frame of another child's is on the screen. */
async function kill(signal) {
  const { video: before } = await status(), since = performance.now();
  process.kill(before.pid, signal);
  let pid = before.pid, { frames } = before;
  for (;;) {
    await sleep(EVERY_MS);
    const { video } = await status(), took = performance.now() - since;
    if (video.pid !== 0 && video.pid !== before.pid && video.pid === pid && video.frames > frames) return took;
    if (video.pid !== pid) ({ pid, frames } = video);
    if (took > PATIENCE_MS) throw new Error('the picture did not come back');
  }
}

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
const tell = (name, list) => console.log(`${name}: ${list.length} kills, picture back after p50 ${quantile(list, 0.5).toFixed(0)} ms, ` +
  `p90 ${quantile(list, 0.9).toFixed(0)} ms, max ${Math.max(...list).toFixed(0)} ms; load ${os.loadavg()[0].toFixed(1)}`);

/** Turns of the main loop that took so many milliseconds or more since `before`. */
const longer = (before, after, ms) => after.buckets.reduce((sum, [at, count]) =>
  sum + (at >= ms ? count - (before.buckets.find(([other]) => other === at)?.[1] ?? 0) : 0), 0);

try {
  await furnish();
  await until('a film', async () => (await status()).video.frames > 50, { seconds: 120 });
  await sleep(QUIET_MS);
  const before = await status(), row = [], random = [];
  for (let i = 0; i < kills; i++) {
    const inRow = i < kills / 2;
    if (!inRow) await sleep(Math.random() * QUIET_MS);
    (inRow ? row : random).push(await kill(i % 10 === 9 ? 'SIGSTOP' : 'SIGKILL'));
  }
  const after = await status();
  tell('in a row', row);
  tell('at random', random);
  console.log(`main loop: ${after.loop.turns - before.loop.turns} turns, ${longer(before.loop.own, after.loop.own, 50)} of 50 ms or more; ` +
    `longest ${after.loop.own.longest} (${before.loop.own.longest} before the first kill), as the loop counts them (own)`);
} finally {
  await house.stop();
  await house.remove();
}
