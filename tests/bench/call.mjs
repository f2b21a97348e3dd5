#!/usr/bin/env node
// From a call to glass and ear: how long from the call's event in the log to changed pixels on the monitor, and
// to the chime's first sample in what the sound device gets; the stages between; what the staff's request
// costs before that; and the floor, which is what the measuring itself adds.
//
//   node tests/bench/call.mjs BUILD_DIR [CALLS] [BOARDS] [--motion]
//
// BUILD_DIR: a release build with the targets machiai-kiosk, machiai-cloud and voice. 120 calls at 12 boards take
// two minutes and a half: a call keeps its stage for 11 s, so the boards are called in turns. They are monitors of
// as many clinics, each with its voice. Their stages come by cuts, so that eleven stages in motion are
// not measured with the twelfth's call; its first frame is the same. `... 20 1 --motion` shows that with one.
//
// Not a test: the figures depend on the machine, so its load and the floor stand beside them. Times of the kiosk's
// own stages are from its trace (firmware/kiosk/call_trace.h); the event's is the log's own, in whole milliseconds.
import { loadavg } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { sleep, until } from '../../cmake/try/process.mjs';
import { Boards, quantile } from './boards.mjs';

const [where, calls = '120', count = '12'] = process.argv.slice(2).filter((word) => !word.startsWith('-'));
if (!where) {
  console.error('usage: node tests/bench/call.mjs BUILD_DIR [CALLS] [BOARDS] [--motion]');
  process.exit(2);
}

const PATIENCE_MS = 2000, ROWS = [160, 300, 620, 800]; // lines through plate and stage
const stages = [['event', 'heard'], ['heard', 'told'], ['told', 'taken'], ['taken', 'sounded'], ['sounded', 'drawn'], ['drawn', 'shown']];
const wall = () => performance.timeOrigin + performance.now();

/** Looks at glass and ear every millisecond until both have the call. */
async function watch(board, before) {
  const seen = { pixel: 0, chime: 0, looks: [] }, start = performance.now();
  for (let last = start; performance.now() - start < PATIENCE_MS && !(seen.pixel && seen.chime);) {
    if (!seen.pixel && ROWS.some((y, i) => !board.glass.row(y).equals(before[i]))) seen.pixel = wall();
    if (!seen.chime && board.sound.heard()) seen.chime = wall();
    await sleep(1);
    seen.looks.push(performance.now() - last);
    last = performance.now();
  }
  if (!seen.pixel || !seen.chime) throw new Error(`${board.name}: ${seen.pixel ? 'no chime' : 'no picture'} within ${PATIENCE_MS} ms`);
  return seen;
}

async function oneCall(board) {
  await until('an empty stage', async () => !(await board.status()).monitor.stage, { seconds: 60 });
  board.sound.heard(); // what was heard before
  const before = ROWS.map((y) => board.glass.row(y)), requested = wall();
  const answered = board.call().then(wall);
  const seen = await watch(board, before), answer = await answered;
  const { call } = await board.status(), at = (stage) => call[`${stage}_us`] / 1000;
  return {
    'call event to changed pixels': seen.pixel - at('event'),
    "call event to the chime's first sample": seen.chime - at('event'),
    ...Object.fromEntries(stages.map(([from, to]) => [`... ${from} to ${to}`, at(to) - at(from)])),
    'floor: shown to seen (X server, sampler)': seen.pixel - at('shown'),
    'floor: sounded to heard (sound device, sampler)': seen.chime - at('sounded'),
    'floor: longest wait between two looks': Math.max(...seen.looks),
    "the kiosk's main thread, processor time": call.cpu_us / 1000,
    'staff request to call event': at('event') - requested,
    'staff request to its answer': answer - requested,
  };
}

function print(title, rows) {
  console.log(`\n| ms, ${title} |    p50 |    p99 |    max |\n|---|---:|---:|---:|`);
  for (const name of Object.keys(rows[0])) {
    const list = rows.map((row) => row[name]);
    console.log(`| ${name.padEnd(48)} | ${[0.5, 0.99, 1].map((q) => quantile(list, q).toFixed(1).padStart(6)).join(' | ')} |`);
  }
}

const all = new Boards({ build: path.resolve(where), motion: process.argv.includes('--motion') });
try {
  const boards = await all.open(Number(count)), rows = [], first = [];
  for (const board of boards) await board.issue(Math.ceil(Number(calls) / boards.length) + 1);
  await sleep(3000); // programs that have just started are not at rest yet
  for (let i = 0; i < Number(calls) + boards.length; i++) (i < boards.length ? first : rows).push(await oneCall(boards[i % boards.length]));
  print(`${rows.length} calls at ${boards.length} boards, load ${loadavg()[0].toFixed(1)}`, rows);
  print(`the first call of each of ${boards.length} boards`, first);
} finally {
  await all.close();
}
