#!/usr/bin/env node
// What a board alone, without a film, costs at rest: nobody is called, its clock ticks by minutes, its sound device
// runs. A second figure is that of the display server, which would show whether something is redrawn.
//
//   node tests/bench/rest.mjs BUILD_DIR [SECONDS]          a release build; 30 s
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { sleep, until } from '../../cmake/try/process.mjs';
import { Boards } from './boards.mjs';

const [where, seconds = '30'] = process.argv.slice(2);
if (!where) {
  console.error('usage: node tests/bench/rest.mjs BUILD_DIR [SECONDS]');
  process.exit(2);
}

const all = new Boards({ build: path.resolve(where) });
try {
  const [board] = await all.open(1);
  const display = all.house.processes.find((one) => one.name === `${board.name}-display`);
  await board.issue(3);
  await board.call();
  await until('the stage of a call', async () => (await board.status()).monitor.stage, { seconds: 10 });
  await until('an empty stage', async () => !(await board.status()).monitor.stage, { seconds: 60 });
  await sleep(3000);
  const programs = [['kiosk', board.kiosk.pid], ['display server', display.pid]];
  const before = programs.map(([, pid]) => cpu(pid)), start = performance.now();
  await sleep(Number(seconds) * 1000);
  const passed = (performance.now() - start) / 1000;
  programs.forEach(([name, pid], i) => console.log(`${name}: ${((100 * (cpu(pid) - before[i])) / passed).toFixed(2)} % of a core`));
  console.log(`over ${passed.toFixed(0)} s at rest, load ${loadavg()[0].toFixed(1)}`);
} finally {
  await all.close();
}

/** Seconds of processor time so far, of all its threads. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
