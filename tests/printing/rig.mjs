// What the tests of printing stand on: a virtual printer, a private cupsd, the backend, the client,
// and a picture whose way onto paper can be followed bit by bit.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync,
  writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const top = join(here, '..', '..');
const built = (name) => {
  const path = process.env[name];
  if (!path) throw new Error(`${name} must name the built program (CTest sets it)`);
  return path;
};
export const BACKEND = built('MACHIAI_ESCPOS');
export const TOOL = built('MACHIAI_PRINTER_TOOL');
const BRIDGE = built('MACHIAI_PTY_BRIDGE');

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function until(what, test, limit_ms = 10000) {
  const end = Date.now() + limit_ms;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${limit_ms} ms: ${what}`);
    await sleep(20);
  }
}

// -- one place for everything, removed at the end -------------------------------------------------
const root = mkdtempSync(join(tmpdir(), 'machiai-print-'));
chmodSync(root, 0o755); // cupsd runs the backend as lp
const endings = [];
let serial = 0;

export function place(name) {
  const path = join(root, `${name}-${++serial}`);
  mkdirSync(path, { mode: 0o755 });
  return path;
}

export async function cleanUp() {
  for (const end of endings.splice(0).reverse()) await end();
  rmSync(root, { recursive: true, force: true });
}

async function firstLine(child) {
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('it ended at once'))),
  ]);
  return line;
}

export function ends(child) {
  endings.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
}

// -- the virtual printer --------------------------------------------------------------------------
export class Printer {
  static async start({ mode = 'ok', without = '', keepBytes = false, host = '127.0.0.1', port: wanted = 0, dots = 576 } = {}) {
    const out = place('out');
    const args = [join(top, 'tests/fake/printer.mjs'), '--host', host, '--port', String(wanted), '--control', '0'];
    args.push('--out', out, '--mode', mode, '--without', without, '--dots', String(dots));
    if (keepBytes) args.push('--keep-bytes');
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    ends(child);
    const { port, control } = JSON.parse(await firstLine(child));
    return Object.assign(new Printer(), { out, port, control, uri: `escpos://${host}:${port}` });
  }

  async set(mode) {
    const reply = await fetch(`http://127.0.0.1:${this.control}/mode/${mode}`, { method: 'POST' });
    if (!reply.ok) throw new Error(`the printer has no mode ${mode}`);
  }

  async state() {
    return (await fetch(`http://127.0.0.1:${this.control}/state`)).json();
  }

  slips() {
    const names = readdirSync(this.out).filter((name) => /^slip-\d+\.png$/.test(name));
    return names.sort().map((name) => readPng(join(this.out, name)));
  }

  // How many of the slips are this whole picture, and nothing else above it.
  whole(picture) {
    return this.slips().filter((slip) => sameDots(slip, picture)).length;
  }
}

// -- pictures -------------------------------------------------------------------------------------
// Reads what the virtual printer writes: 1-bit grey, filter 0, one IDAT.
export function readPng(path) {
  const bytes = readFileSync(path);
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  let data;
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const size = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      data = inflateSync(bytes.subarray(at + 8, at + 8 + size));
  }
  const stride = Math.ceil(width / 8);
  const bits = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < stride; x++) bits[y * stride + x] = ~data[y * (stride + 1) + 1 + x] & 0xff;
  return { width, height, stride, bits };
}

// Every row differs from every other one, so that a lost, doubled or shifted row shows. Holds the
// bytes of DLE EOT, which are dots here and no question.
export function makePicture(width = 576, height = 458, seed = 1) {
  const stride = Math.ceil(width / 8);
  const bits = Buffer.alloc(stride * height);
  let state = (seed * 2654435761) >>> 0;
  for (let i = 0; i < bits.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bits[i] = (state >>> 24) & ((i >> 4) & 1 ? 0xff : 0x3c);
  }
  const mask = (0xff << (stride * 8 - width)) & 0xff;
  for (let y = 0; y < height; y++) bits[(y + 1) * stride - 1] &= mask;
  for (let y = 0; y < height; y += 50) Buffer.from([0x10, 0x04, 0x01]).copy(bits, y * stride + 5);
  return { width, height, stride, bits };
}

// The slip shows the picture at its upper left, and nothing else.
export function sameDots(slip, picture) {
  for (let y = 0; y < slip.height; y++)
    for (let x = 0; x < slip.stride; x++) {
      const inside = y < picture.height && x < picture.stride;
      const want = inside ? picture.bits[y * picture.stride + x] : 0;
      if (slip.bits[y * slip.stride + x] !== want) return false;
    }
  return slip.height >= picture.height;
}

// -- the client (drivers/printer.h) and the encoder -------------------------------------------------
export class Client {
  static start({ server = '/nonexistent', queue = 'q', uri = 'escpos://127.0.0.1:9', timeout = 2000 }) {
    const child = spawn(TOOL, [server, queue, uri, String(timeout)], { stdio: ['pipe', 'pipe', 'inherit'] });
    ends(child);
    const client = new Client();
    client.child = child;
    client.answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return client;
  }

  async ask(...words) {
    this.child.stdin.write(`${words.join('\t')}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`printer_tool ended at ${words[0]}`);
    return JSON.parse(value);
  }

  // Follows a job to its end.
  async fate({ id, uuid }, limit_ms = 20000) {
    return until(`end of job ${id}`, async () => {
      const answer = await this.ask('outcome', id, uuid);
      return answer.outcome === 'pending' ? null : answer;
    }, limit_ms);
  }
}

export async function encode(picture) {
  const dir = place('job');
  writeFileSync(join(dir, 'bits'), picture.bits);
  const client = Client.start({});
  const { error } = await client.ask('encode', picture.width, picture.height, picture.stride,
    join(dir, 'bits'), join(dir, 'job'));
  client.child.stdin.end();
  if (error !== 0) throw new Error(`escpos_encode: ${error}`);
  return join(dir, 'job');
}

// -- the backend, started as cupsd starts it -------------------------------------------------------
export class Backend {
  static cache() {
    return place('cache');
  }

  static start({ uri, cache, uuid, job, queue = 'q', reasons = 'none', options, stdin = false }) {
    const words = options ?? `finishings=3 job-uuid=urn:uuid:${uuid} time-at-creation=1`;
    const env = { ...process.env, DEVICE_URI: uri, CUPS_CACHEDIR: cache, PRINTER: queue,
      PRINTER_STATE_REASONS: reasons };
    const args = ['1', 'user', 'title', '1', words];
    if (!stdin) args.push(job);
    const child = spawn(BACKEND, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    ends(child);
    child.stdin.on('error', () => {}); // it may refuse before it has read all
    child.stdin.end(stdin ? readFileSync(job) : undefined);
    const backend = new Backend();
    const begun = Date.now();
    Object.assign(backend, { child, lines: [] });
    createInterface({ input: child.stderr }).on('line', (line) =>
      backend.lines.push({ line, ms: Date.now() - begun }));
    backend.done = once(child, 'close').then(([code, signal]) => ({
      code, signal, ms: Date.now() - begun, text: backend.text() }));
    return backend;
  }

  static run(options) {
    return Backend.start(options).done;
  }

  text() {
    return this.lines.map(({ line }) => line).join('\n');
  }

  // When the line was first seen, in ms after the start.
  said(part) {
    return this.lines.find(({ line }) => line.includes(part))?.ms;
  }
}

export function status(uri) {
  return JSON.parse(execFileSync(BACKEND, ['--status', uri], { encoding: 'utf8' }));
}

// -- a line that takes so many bytes of a connection, and loses all further ones --------------------
// So a slip can be torn at any byte.
export class Throttle {
  static async start(printer) {
    const throttle = Object.assign(new Throttle(), { limit: Infinity, passed: 0 });
    throttle.server = createServer((near) => {
      const far = connect(printer.port, '127.0.0.1');
      throttle.passed = 0;
      near.on('data', (chunk) => {
        const part = chunk.subarray(0, Math.max(0, throttle.limit - throttle.passed));
        far.write(part);
        throttle.passed += part.length;
      });
      far.pipe(near);
      near.on('error', () => {}).on('close', () => far.destroySoon());
      far.on('error', () => {}).on('close', () => near.destroy());
    });
    throttle.server.listen(0, '127.0.0.1');
    await once(throttle.server, 'listening');
    endings.push(() => throttle.server.close());
    throttle.uri = `escpos://127.0.0.1:${throttle.server.address().port}`;
    return throttle;
  }
}

// -- a device file in front of the printer ----------------------------------------------------------
export async function bridge(printer) {
  return (await plugged(printer)).uri;
}

// The same with a plug to pull.
export async function plugged(printer) {
  const child = spawn(BRIDGE, [String(printer.port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  ends(child);
  return { uri: `escpos:${await firstLine(child)}`, unplug: () => child.kill('SIGKILL') };
}

// -- a private cupsd ----------------------------------------------------------------------------
const script = join(top, 'cmake/cupsd.sh');

export class Cupsd {
  static start(dir = place('cups'), backend = BACKEND) {
    const cupsd = new Cupsd();
    cupsd.dir = dir;
    cupsd.socket = join(dir, 'cups.sock');
    endings.push(() => cupsd.stop());
    cupsd.backend = backend;
    cupsd.again();
    return cupsd;
  }

  // stdio: cupsd itself must not hold our pipes open.
  again() {
    execFileSync('sh', [script, 'start', this.dir, this.backend], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  stop() {
    if (existsSync(this.dir))
      execFileSync('sh', [script, 'stop', this.dir], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  get pid() {
    return Number(readFileSync(join(this.dir, 'cupsd.pid'), 'utf8'));
  }

  kill(signal) {
    process.kill(this.pid, signal);
  }

  // Processes that cupsd has started and that run our backend.
  backends() {
    return readdirSync('/proc').filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'latin1').startsWith(join(this.dir, 'bin/backend')) ||
          readFileSync(`/proc/${name}/environ`, 'latin1').includes(`CUPS_CACHEDIR=${this.dir}/`);
      } catch {
        return false; // ended meanwhile
      }
    }).map(Number);
  }

  command(program, ...args) {
    return execFileSync(program, args, { env: { ...process.env, CUPS_SERVER: this.socket }, encoding: 'utf8' });
  }
}

let jobs = 0;
export const uuid = () => `00000000-0000-4000-8000-${String(process.pid * 1000 + ++jobs).padStart(12, '0')}`;
