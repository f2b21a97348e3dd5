#!/usr/bin/env node
// What the kiosk itself adds between a touch and the call that hands the slip to cupsd: number, disk,
// drawing, threads. The cloud is away, so that the number is the kiosk's own; cupsd's time is not in it.
//
//   node tests/bench/touch.mjs BUILD_DIR [ROUNDS]        a release build; 100 rounds
//
// Not a test: the figures depend on the machine and its disk, whose load is printed beside them.
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { House } from '../../cmake/try/house.mjs';
import { sleep, until } from '../../cmake/try/process.mjs';

const [build, rounds = '100'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/touch.mjs BUILD_DIR [ROUNDS]');
  process.exit(2);
}
const films = process.env.MACHIAI_FILMS ?? path.join(build, '../films');
const house = new House({ dir: await mkdtemp(path.join(os.tmpdir(), 'machiai-bench-')), build: path.resolve(build), films: path.resolve(films) });
const steps = { numbered: [], drawn: [], submitted: [] };
const names = { numbered: 'touch to number, on the disk', drawn: 'touch to slip drawn', submitted: 'touch to submission' };

async function toStart() {
  await until('the start screen', async () => {
    if ((await house.ctl('status')).terminal.screen === 'start') return true;
    await house.ctl('tap', 'finish').catch(() => {});
    return false;
  }, { seconds: 30, every: 50 });
}

let seen = '';
async function once(keep) {
  await toStart();
  await until('the touch', () => house.ctl('tap', 'service:adult'), { every: 50 });
  const { slip } = await until('the submission', async () => {
    const now = await house.ctl('status');
    return now.slip?.submitted_ms !== undefined && JSON.stringify(now.slip) !== seen && now;
  }, { every: 50 });
  seen = JSON.stringify(slip);
  for (const step of Object.keys(steps)) if (keep) steps[step].push(slip[`${step}_ms`]);
}

const at = (list, share) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * share)];
const load = [];
try {
  await house.startAll();
  await house.cloud.stop();
  await until('the line to be down', async () => !(await house.ctl('status')).online, { seconds: 60 });
  await sleep(1000);
  for (let round = -3; round < Number(rounds); round++) {
    await once(round >= 0);
    load.push(os.loadavg()[0]);
  }
} finally {
  await house.stop();
  if (steps.submitted.length > 0) await house.remove();
}
console.log(`${steps.submitted.length} touches; load average ${at(load, 0).toFixed(1)} to ${at(load, 1).toFixed(1)} on ${os.cpus().length} processors`);
console.log(`${'ms'.padEnd(34)}      min      p50      p99`);
for (const [step, list] of Object.entries(steps))
  console.log(`${names[step].padEnd(34)}${[0, 0.5, 0.99].map((share) => at(list, share).toFixed(2).padStart(9)).join('')}`);
console.log(`touch to submission, p99: ${at(steps.submitted, 0.99).toFixed(1)} ms  (wanted: under 10 ms)`);
