#!/usr/bin/env node
// From the start of the cloud's process to `ready`: the first time (keys and certificates are made), again, and after a SIGKILL
// under writes; beside the floor, a process that opens the same database with sqlite3 and ends.
//
//   node tests/bench/ready.mjs BUILD_DIR [STARTS] [CLINICS]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { once } from 'node:events';
import { Bench, machine, median } from './peers.mjs';

const [build, starts = '20', clinics = '20'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/ready.mjs BUILD_DIR [STARTS] [CLINICS]');
  process.exit(2);
}

const program = path.join(path.resolve(build), 'cloud/machiai-cloud');

/** ms to the line `ready`; then the process goes by the signal. */
async function start(data, signal) {
  const from = performance.now(), child = spawn(program, ['serve', '--data', data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  for await (const piece of child.stdout) {
    text += piece;
    if (/^ready /m.test(text)) break;
  }
  const ms = performance.now() - from, gone = once(child, 'exit');
  child.kill(signal);
  await gone;
  return ms;
}

function floor(data) {
  const from = performance.now();
  execFileSync('sqlite3', ['-readonly', path.join(data, 'machiai.db'), 'SELECT count(*) FROM site']);
  return performance.now() - from;
}

const line = (name, list) => console.log(`${name.padEnd(44)} ${median(list).toFixed(0).padStart(5)} ms, at most ${Math.max(...list).toFixed(0)}`);

const first = [], again = [], killed = [], least = [];
for (let i = 0; i < 5; i++) {
  const data = mkdtempSync(path.join(tmpdir(), 'machiai-peers-'));
  first.push(await start(path.join(data, 'cloud'), 'SIGTERM'));
  rmSync(data, { recursive: true, force: true });
}
const bench = await Bench.open(build);
try {
  await bench.addClinic(100);
  for (let i = 1; i < Number(clinics); i++) {
    writeFileSync(bench.at('more.json'), JSON.stringify({ clinic_no: String(3000 + i), name: '医院', desks: [{ desk_no: 1, name: '診察', first: 1, last: 999 }], rooms: [], services: [] }));
    await bench.house.admin('site', 'add', '--settings', bench.at('more.json'));
  }
  await bench.house.stop();
  const data = bench.at('cloud');
  await start(data, 'SIGKILL');
  for (let i = 0; i < Number(starts); i++) {
    killed.push(await start(data, 'SIGTERM'));
    again.push(await start(data, 'SIGKILL'));
    least.push(floor(data));
  }
  console.log(`${machine()}; ${clinics} clinics, 100 tickets of one of them; ${starts} starts`);
  line('first start of all: keys, certificates, tables', first);
  line('again, after an orderly end', again);
  line('again, after a SIGKILL', killed);
  line('floor: sqlite3 opens and reads the database', least);
  console.log(`wanted: under 300 ms`);
} finally {
  await bench.close();
}
