#!/usr/bin/env node
// From a call to glass and ear: how long from the call's event in the log to changed pixels on the monitor, and
// to the chime's first sample in what the sound device gets; what the staff's request costs before that; the
// stages between; the kiosk's processor time, which a busy machine cannot blur; a board at rest.
//
//   node tests/bench/call.mjs BUILD_DIR [ROUNDS]         a release build; 40 rounds, 13 s each
//
// The monitor is Xvfb with its frame buffer in a file, in which the middle of the plate is read every
// millisecond; the sound device is a file that SDL fills as fast as a real one would ask. Not a test: the
// figures depend on the machine, so its load stands beside them.
import { closeSync, mkdtempSync, openSync, readSync, fstatSync, readFileSync, writeFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { House } from '../../cmake/try/house.mjs';
import { sleep, until } from '../../cmake/try/process.mjs';

const [where, rounds = '40'] = process.argv.slice(2);
if (!where) {
  console.error('usage: node tests/bench/call.mjs BUILD_DIR [ROUNDS]');
  process.exit(2);
}
const build = path.resolve(where);
const dir = mkdtempSync(path.join(tmpdir(), 'machiai-bench-'));
const house = new House({ dir, build, films: dir, voice: path.join(build, 'voice') });
const sink = path.join(dir, 'sound.raw');
Object.assign(process.env, { SDL_AUDIODRIVER: 'disk', SDL_DISKAUDIOFILE: sink });

/** Xvfb whose pixels can be read from a file. */
async function startDisplay() {
  const server = house.start('display', 'Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-fbdir', dir,
    '-noreset', '-nolisten', 'tcp'], { stdio: ['pipe'] });
  let text = '';
  server.child.stdio[3].on('data', (data) => (text += data));
  house.display = ':' + await until('Xvfb', () => text.includes('\n') && text.trim());
  house.ownDisplay = true;
}

/** A row of the frame buffer (XWD: a header, a colour map, then lines). */
class Glass {
  constructor() {
    this.file = openSync(path.join(dir, 'Xvfb_screen0'), 'r');
    const head = Buffer.alloc(100);
    readSync(this.file, head, 0, 100, 0);
    const at = (field) => head.readUInt32BE(4 * field);
    this.line = at(12);
    this.start = at(0) + at(19) * 12;
  }

  row(y) {
    const row = Buffer.alloc(this.line);
    readSync(this.file, row, 0, this.line, this.start + y * this.line);
    return row;
  }
}

/** First sample that is not silent behind `from` bytes; -1 = none yet. */
function firstSound(file, from) {
  const size = fstatSync(file).size & ~1;
  if (size <= from) return { at: -1, size };
  const data = Buffer.alloc(size - from);
  readSync(file, data, 0, data.length, from);
  for (let i = 0; i + 1 < data.length; i += 2) if (data.readInt16LE(i) !== 0) return { at: from + i, size };
  return { at: -1, size };
}

/** What the kiosk's trace of a call tells (firmware/kiosk/call_trace.h): each stage from the one before. */
const stages = [['event', 'heard'], ['heard', 'told'], ['told', 'taken'], ['taken', 'sounded'], ['sounded', 'drawn'], ['drawn', 'shown']];

function cpu(pid) { // seconds of the process and its children that it has waited for
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
const row = (name, list) => `| ${name} | ${[0, 0.5, 0.99].map((q) => quantile(list, q).toFixed(1).padStart(6)).join(' | ')} |`;

async function reception() {
  const login = await house.api('POST', '/api/v1/sessions', { user: 'reception', password: house.demo.people.reception });
  return { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
}

async function measure() {
  await house.open();
  await house.startCloud();
  house.addProgramme = async () => ''; // a board alone
  await house.furnish();
  house.printerPorts = { port: 1 };
  await startDisplay();
  await house.writeConfig(house.demo.code);
  const conf = readFileSync(house.at('kiosk.conf'), 'utf8').replace('role = both', 'role = monitor')
    .replace(/^substitutes = .*$/m, '').replace(/\[printer\][^[]*/, '');
  writeFileSync(house.at('kiosk.conf'), conf);
  await house.startKiosk();
  await until('the kiosk to enrol', async () => (await house.ctl('status')).enrolled, { seconds: 60 });
  const headers = await reception();
  const queue = `/api/v1/queues/${house.demo.clinic_no}-1`;
  await until('the clinic', async () => (await house.ctl('status')).monitor.desks.length > 0, { seconds: 60 });

  const glass = new Glass(), sound = openSync(sink, 'r');
  const pixels = [], chimes = [], acks = [], waits = [], requests = [], glassed = [], heard = [];
  const parts = new Map(), costs = [];
  for (let round = 0; round < Number(rounds) + 1; round++) {
    const issued = await house.api('POST', `${queue}/tickets`, { ticket: randomUUID(), service: 'adult' }, headers);
    if (issued.status >= 300) throw new Error(issued.text);
    await until('the number', async () => (await house.ctl('status')).monitor.waiting > 0);
    // a busy machine lets the sound fall behind: the call before has to be over in the ear, too
    await until('silence', async () => {
      const { size } = fstatSync(sound);
      await sleep(1700);
      return firstSound(sound, size & ~1).at < 0;
    }, { seconds: 60 });
    const rows = [160, 300, 620, 800], before = rows.map((y) => glass.row(y));
    let from = fstatSync(sound).size & ~1, pixel = 0, chime = 0, late = 0, last = performance.now();
    const called = performance.now();
    const answer = house.api('POST', `${queue}/calls`, {}, headers).then((reply) => {
      if (reply.status >= 300) throw new Error(reply.text);
      return performance.now();
    });
    const wall = performance.timeOrigin + called;
    last = called;
    while (performance.now() - called < 2000 && !(pixel && chime)) {
      // how long a program that only wants to wake each millisecond has to wait for it: the machine's own part
      late = Math.max(late, performance.now() - last - 1);
      last = performance.now();
      if (!pixel && rows.some((y, i) => !glass.row(y).equals(before[i]))) pixel = performance.now() - called;
      if (!chime) {
        const { at, size } = firstSound(sound, from);
        if (at >= 0) chime = performance.now() - called;
        else from = size;
      }
      await sleep(1);
    }
    const acked = (await answer) - called;
    if (round > 0) { // the first one warms up
      pixels.push(pixel || 2000);
      chimes.push(chime || 2000);
      acks.push(acked);
      waits.push(late);
      const trace = (await house.ctl('status')).call, event = trace.event_us / 1000 - wall;
      requests.push(event);
      glassed.push((pixel || 2000) - event);
      heard.push((chime || 2000) - event);
      for (const [from, to] of stages) {
        if (!parts.has(to)) parts.set(to, []);
        parts.get(to).push((trace[`${to}_us`] - trace[`${from}_us`]) / 1000);
      }
      costs.push(trace.cpu_us / 1000);
    }
    await until('an empty stage', async () => !(await house.ctl('status')).monitor.stage, { seconds: 40 });
  }
  await sleep(2000);
  const start = cpu(house.kiosk.pid), since = performance.now();
  await sleep(20000);
  const rest = (100 * (cpu(house.kiosk.pid) - start)) / ((performance.now() - since) / 1000);
  console.log(`| ms, ${rounds} rounds, load ${loadavg()[0].toFixed(1)} | min | p50 | p99 |\n|---|---:|---:|---:|`);
  console.log(row('call event to changed pixels', glassed));
  console.log(row("call event to the chime's first sample", heard));
  for (const [from, to] of stages) console.log(row(`... ${from} to ${to}`, parts.get(to)));
  console.log(row("the main thread's processor time for it", costs));
  console.log(row('a timer of 1 ms is late by, meanwhile', waits));
  console.log(row('staff request to call event', requests));
  console.log(row('staff request to changed pixels', pixels));
  console.log(row("staff request to the chime's first sample", chimes));
  console.log(row('staff request to its answer', acks));
  console.log(`board at rest: ${rest.toFixed(2)} % of a core`);
  closeSync(sound);
}

try {
  await measure();
} finally {
  await house.stop();
}
rmSync(dir, { recursive: true });
