#!/usr/bin/env node
// A virtual receipt printer on TCP, after the published ESC/POS commands. What comes out of its
// slot is a PNG file for each slip that is cut.
//
//   node tests/fake/printer.mjs --port 0 --out DIR [--control PORT] [--host 127.0.0.1]
//        [--dots 576|384] [--mode MODE] [--without process_id,asb,paper] [--keep-bytes]
//
// Prints one JSON line: {"port":..,"control":..,"out":..}. DIR/slip-0001.png, ... appear whole
// (written beside, then renamed); --keep-bytes adds slip-0001.bin with the bytes that made it.
//
// It ends with its standard input, if that is a pipe.
//
// The mode is set by a line on standard input, or with --control (0 = any port) over HTTP:
//   GET /state                  how it is: mode, slips, counters
//   POST /mode/paper_out        ok, near_end, paper_out, cover_open, error, offline, slow, mute,
//                               hang, refuse (switched off), vanish (switched off inside a picture)
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:net';
import { fstatSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { encodePng } from './printer_png.mjs';
import { CommandReader } from './printer_commands.mjs';

const MODES = {
  ok: {},
  near_end: { nearEnd: true },
  paper_out: { paperOut: true, nearEnd: true, stopped: true },
  cover_open: { coverOpen: true, stopped: true },
  error: { error: true, stopped: true },
  offline: { stopped: true },
  slow: { strip_ms: 700 },
  mute: { mute: true },
  hang: { mute: true, deaf: true, stopped: true },
  vanish: { vanish: true },
  refuse: { refuse: true },
};
const RECEIVE_BUFFER = 64 * 1024; // then the printer stops reading, as real ones do
const PAPER_ROWS_MAX = 20000; // without a cut; then it falls off by itself
const SLIPS_MAX = 9999;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    out: { type: 'string' },
    control: { type: 'string' },
    dots: { type: 'string', default: '576' },
    mode: { type: 'string', default: 'ok' },
    without: { type: 'string', default: '' },
    'keep-bytes': { type: 'boolean', default: false },
  },
});
if (!options.out || !(options.mode in MODES)) {
  console.error(`usage: printer.mjs --port PORT --out DIR [--mode ${Object.keys(MODES).join('|')}]`);
  process.exit(2);
}
const lacks = new Set(options.without.split(',').filter(Boolean));
const rowBytes = Math.ceil(Number(options.dots) / 8);

let mode = 'ok';
let state = MODES.ok;
let paper = []; // rows since the last cut
let bytesSinceCut = [];
let waiting = []; // commands that the mechanism has not carried out yet
let waitingBytes = 0;
let working = false;
let asb = 0; // mask of GS a
let socket = null; // one connection is served at a time; others wait, as on real printers
const queue = [];
const counters = { connections: 0, bytes: 0, text: 0, unknown: 0, cut_rows: 0, first_ns: '0' };

// -- what comes out ---------------------------------------------------------------------------
mkdirSync(options.out, { recursive: true });
let slips = Math.max(
  0,
  ...readdirSync(options.out).map((name) => Number(/^slip-(\d+)\.png$/.exec(name)?.[1] ?? 0)),
);

function put(name, bytes) {
  const part = join(options.out, `.${name}.part`);
  writeFileSync(part, bytes);
  renameSync(part, join(options.out, name));
}

function cut() {
  if (paper.length === 0 || slips >= SLIPS_MAX) return;
  slips += 1;
  counters.cut_rows = paper.length;
  const name = `slip-${String(slips).padStart(4, '0')}`;
  if (options['keep-bytes']) put(`${name}.bin`, Buffer.concat(bytesSinceCut));
  put(`${name}.png`, encodePng(paper, Number(options.dots)));
  paper = [];
  bytesSinceCut = [];
}

function feed(rows) {
  for (let i = 0; i < rows && paper.length < PAPER_ROWS_MAX; i++) paper.push(Buffer.alloc(rowBytes));
}

function printRaster({ rowSize, rows, data }) {
  for (let y = 0; y < rows && paper.length < PAPER_ROWS_MAX; y++) {
    const row = Buffer.alloc(rowBytes);
    data.copy(row, 0, y * rowSize, y * rowSize + Math.min(rowSize, rowBytes));
    paper.push(row);
  }
}

// -- what it says -----------------------------------------------------------------------------
function say(...bytes) {
  if (!state.mute && socket?.writable) socket.write(Buffer.from(bytes));
}

function eotAnswer(n) {
  const bits = {
    1: state.stopped ? 0x08 : 0,
    2: (state.coverOpen ? 0x04 : 0) | (state.paperOut ? 0x20 : 0) | (state.error ? 0x40 : 0),
    3: state.error ? 0x08 : 0,
    4: (state.nearEnd ? 0x0c : 0) | (state.paperOut ? 0x60 : 0),
  };
  return n in bits ? 0x12 | bits[n] : undefined;
}

const paperBits = () => (state.nearEnd ? 0x03 : 0) | (state.paperOut ? 0x0c : 0);

function sayAsb() {
  if (asb === 0 || lacks.has('asb')) return;
  const first = 0x10 | (state.stopped ? 0x08 : 0) | (state.coverOpen ? 0x20 : 0);
  say(first, state.error ? 0x08 : 0, paperBits(), 0x0f);
}

// -- the mechanism: one command after the other, at its own pace, unless it cannot --------------
const perform = {
  raster: printRaster,
  feed: ({ rows }) => feed(rows),
  cut,
  reset: () => {},
  asb: ({ mask }) => {
    asb = mask;
    sayAsb();
  },
  paper: () => lacks.has('paper') || say(paperBits()),
  processId: ({ id }) => lacks.has('process_id') || say(0x37, 0x22, ...id, 0x00),
};

function work() {
  while (!working && !state.stopped && waiting.length > 0) {
    const command = waiting[0];
    if (command.kind === 'raster' && state.vanish) return vanish();
    if (command.kind === 'raster' && state.strip_ms && !command.waited) {
      working = true;
      setTimeout(() => {
        working = false;
        command.waited = true;
        work();
      }, state.strip_ms);
      return;
    }
    waiting.shift();
    waitingBytes -= command.size;
    if (!lacks.has('asb') || command.kind !== 'asb') perform[command.kind](command);
  }
  if (waitingBytes < RECEIVE_BUFFER && !state.deaf) socket?.resume();
}

const reader = new CommandReader({
  realTime: (n) => {
    const answer = eotAnswer(n);
    if (answer !== undefined) say(answer);
  },
  command: (command) => {
    if (command.kind === 'text' || command.kind === 'unknown') {
      counters[command.kind] += command.size;
      return;
    }
    waiting.push(command);
    waitingBytes += command.size;
  },
  rasterBegins: () => state.vanish && setImmediate(vanish),
});

function vanish() {
  setMode('refuse');
}

// Off and on again: what was in its memory is gone, what is on the paper stays.
function power() {
  reader.reset();
  waiting = [];
  waitingBytes = 0;
  asb = 0;
}

// -- connections ------------------------------------------------------------------------------
function serve(next) {
  socket = next;
  counters.connections += 1;
  let first = true;
  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    counters.bytes += chunk.length;
    if (first && chunk.includes(0x1b)) {
      first = false;
      counters.first_ns = String(process.hrtime.bigint()); // for benchmarks: same clock everywhere
    }
    if (options['keep-bytes']) bytesSinceCut.push(chunk);
    reader.add(chunk);
    if (waitingBytes >= RECEIVE_BUFFER || state.deaf) socket?.pause();
    work();
  });
  socket.on('error', () => {}); // 'close' follows
  socket.on('close', () => {
    socket = null;
    if (queue.length > 0) serve(queue.shift());
  });
  if (state.deaf) socket.pause();
}

const server = createServer({ allowHalfOpen: false }, (next) => {
  if (state.refuse) return next.resetAndDestroy?.() ?? next.destroy();
  if (socket === null) return serve(next);
  queue.push(next);
  next.on('close', () => queue.includes(next) && queue.splice(queue.indexOf(next), 1));
  next.on('error', () => {});
});

let port = Number(options.port);
const listen = (done) =>
  server.listen(port, options.host, () => {
    port = server.address().port;
    done?.();
  });

function setMode(name) {
  if (!(name in MODES) || name === mode) return name in MODES;
  const before = state;
  mode = name;
  state = MODES[name];
  if (state.refuse && server.listening) {
    power();
    server.close();
    for (const one of [socket, ...queue]) one?.resetAndDestroy?.() ?? one?.destroy();
  } else if (before.refuse && !server.listening) {
    listen();
  }
  sayAsb();
  work();
  return true;
}

// -- control ----------------------------------------------------------------------------------
const control = createHttp((request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body)}\n`);
  };
  const wanted = /^\/mode\/(\w+)$/.exec(request.url)?.[1];
  if (request.method === 'GET' && request.url === '/state') {
    answer(200, { mode, slips, waiting: waiting.length, uncut_rows: paper.length, ...counters });
  } else if (request.method === 'POST' && wanted && setMode(wanted)) {
    if (state.refuse || server.listening) answer(200, { mode });
    else server.once('listening', () => answer(200, { mode }));
  } else {
    answer(404, { error: `GET /state or POST /mode/${Object.keys(MODES).join('|')}` });
  }
});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (!setMode(line.trim())) console.error(`printer.mjs: no mode "${line.trim()}"`);
  })
  .on('close', () => {
    // Whoever holds the other end of a pipe is gone: nobody would end this program.
    const input = fstatSync(0);
    if (input.isFIFO() || input.isSocket()) process.exit(0);
  });

listen(() => {
  const ready = () => {
    const line = { port, control: control.address()?.port ?? null, out: options.out };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    setMode(options.mode);
  };
  if (options.control === undefined) ready();
  else control.listen(Number(options.control), '127.0.0.1', ready);
});
