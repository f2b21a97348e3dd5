#!/usr/bin/env node
// What the kiosk itself adds between a touch and the call that hands the slip to cupsd, stage by stage:
// main loop, number, disk, drawing, threads. The cloud is away, so that the number is the kiosk's own;
// cupsd's time is not in it. A touch counts from when it could be read, not from when it was.
//
//   node tests/bench/touch.mjs BUILD_DIR [ROUNDS [DATA_DIR]]   a release build; 100 rounds
//
// DATA_DIR: where the kiosk's records are made (a tmpfs, or a disk). Not a test: the figures depend on
// the machine, whose load is printed beside them. Processor time depends on it least.
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { House } from '../../cmake/try/house.mjs';
import { sleep, until } from '../../cmake/try/process.mjs';

const [build, rounds = '100', where = os.tmpdir()] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/touch.mjs BUILD_DIR [ROUNDS [DATA_DIR]]');
  process.exit(2);
}
const films = process.env.MACHIAI_FILMS ?? path.join(build, '../films');
const house = new House({ dir: await mkdtemp(path.join(where, 'machiai-bench-')), build: path.resolve(build), films: path.resolve(films) });
const names = {
  asked: 'the main loop takes it', taken: "the station's thread takes it", stored: 'the ticket is on the disk',
  begun: 'the printing thread takes it', drawn: 'the slip is drawn', submitted: 'submission',
};
const steps = Object.fromEntries([...Object.keys(names), 'cpu', 'own'].map((name) => [name, []]));

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
  slip.own_ms = slip.submitted_ms - slip.asked_ms;
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
const columns = (list) => [0, 0.5, 0.9, 0.99].map((share) => at(list, share).toFixed(2).padStart(9)).join('');
console.log(`${'ms after the touch, at the latest'.padEnd(34)}      min      p50      p90      p99`);
for (const [step, name] of Object.entries(names)) console.log(`${name.padEnd(34)}${columns(steps[step])}`);
console.log(`${'from the main loop to submission'.padEnd(34)}${columns(steps.own)}`);
console.log(`${'processor time of all of it'.padEnd(34)}${columns(steps.cpu)}`);
console.log(`touch to submission, p99: ${at(steps.submitted, 0.99).toFixed(1)} ms  (wanted: under 10 ms)`);
