#!/usr/bin/env node
// Many idle push streams over TLS: what each costs in memory, what one event to all costs, how long it takes to the last
// of them, and how long until all are served again when all come back at once. Beside mosquitto (MQTT) and nginx + nchan.
//
//   node tests/bench/streams.mjs BUILD_DIR [STREAMS] [EVENTS] [cloud,nchan,mosquitto,bare,socket]
//
// BUILD_DIR: a release build with the targets machiai-cloud, bench_load and bench_bare. `bare` is the floor for all, one
// gnutls_record_send() a stream; `socket` one send(), the kernel's part of it. Memory is the growth of the process's PSS while
// the streams are opened, so with TLS state and without the kernel's sockets; a first round of streams has been opened and
// closed before, so that a server which does not give memory back is not flattered. The cloud's event is a call at the
// reception (judged, logged, committed); the others get the same number of bytes to hand on.
import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { readFileSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { sleep, until } from '../../cmake/try/process.mjs';
import { Bench, freePort, machine, median, memory } from './peers.mjs';

const [build, count = '10000', events = '10', which = 'cloud,nchan,mosquitto,bare,socket'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/streams.mjs BUILD_DIR [STREAMS] [EVENTS] [cloud,nchan,mosquitto,bare,socket]');
  process.exit(2);
}

const MARKER = 'event: queue', REST_MS = 1500, TICKS = 100; // of /proc/PID/stat, a second
// One that opens all streams takes 20 s of two processors; on a busy machine many times that.
const PATIENCE_S = 600, FEW_FILES = 20;
const OPEN_FIRST = 2; // rounds of all streams: what the last one needs is measured

const now = () => Number(process.hrtime.bigint());

function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS;
}

const openFiles = (pid) => readdirSync(`/proc/${pid}/fd`).length;

class Streams {
  constructor(bench, { kind, port, path, greeting }) {
    this.child = spawn(bench.load, ['streams', kind, port, count, path, greeting, MARKER].map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = [];
    createInterface(this.child.stdout).on('line', (line) => this.lines.push(JSON.parse(line)));
    this.child.on('exit', () => (this.gone = true));
  }

  /** What all have had; an event that began before `from` (an estimate that moved by itself) is another one. */
  next(key, from = 0) {
    return until(`all streams: ${key}`, () => {
      if (this.gone) throw Object.assign(new Error('the client has ended'), { final: true });
      const at = this.lines.findIndex((line) => key in line && (line.first_ns ?? from) >= from);
      return at >= 0 && this.lines.splice(at, 1)[0];
    }, { seconds: PATIENCE_S, every: 5 });
  }

  say(word) {
    this.child.stdin.write(`${word}\n`);
  }

  async end() {
    this.child.stdin.end();
    if (!this.gone) await once(this.child, 'exit');
  }
}

/** Waits until the server has noticed that all clients are gone: the cloud when it writes to them, within 15 s. */
function allGone(pid, files) {
  return until('closed streams', () => openFiles(pid) < files + FEW_FILES, { seconds: PATIENCE_S });
}

/** One event to all: ms to the last, processor ms of the server, from the moment at which it is given. */
async function tell(way, streams) {
  const used = cpu(way.pid), from = now();
  await way.send();
  const { last_ns: last } = await streams.next('event', from);
  await sleep(REST_MS / 10);
  return { last: (last - from) / 1e6, cpu: cpu(way.pid) - used };
}

async function measure(bench, way) {
  const before = memory(way.pid), files = openFiles(way.pid), streams = new Streams(bench, way);
  const first = await streams.next('served'), result = { name: way.name };
  for (let i = 1; i < OPEN_FIRST; i++) {
    await sleep(REST_MS);
    streams.say('drop');
    await allGone(way.pid, files);
    result.left = memory(way.pid) - before;
    const used = cpu(way.pid);
    streams.say('open');
    result.back = (await streams.next('served')).ms;
    result.backCpu = cpu(way.pid) - used;
  }
  await sleep(REST_MS);
  result.each = (memory(way.pid) - before) / Number(count);
  await tell(way, streams);
  const told = [];
  for (let i = 0; i < Number(events); i++) told.push(await tell(way, streams));
  await streams.end();
  return { ...result, first: first.ms, last: median(told.map((one) => one.last)), worst: Math.max(...told.map((one) => one.last)),
    cpu: told.reduce((sum, one) => sum + one.cpu, 0) / told.length };
}

// -- who is measured ---------------------------------------------------------------------------

/** The event that the cloud sends, so that others send as much. */
async function sample(bench) {
  const answer = await bench.house.api('GET', bench.clinic.view);
  return `{"marker":"${MARKER}","x":"${'x'.repeat(Math.max(0, answer.text.length - 40))}"}`;
}

function cloud(bench) {
  return { name: 'cloud', kind: 'http', port: bench.house.port, pid: bench.house.cloud.pid, path: `${bench.clinic.view}/events`, greeting: MARKER,
    send: () => bench.act('calls', {}) };
}

async function nchan(bench, payload) {
  const [port, plain] = [await freePort(), await freePort()];
  const pid = await bench.nginx('nchan', { top: 'load_module /usr/lib/nginx/modules/ngx_nchan_module.so; worker_rlimit_nofile 20000;', http: 'nchan_max_reserved_memory 64M;', connections: 19000,
    ports: [{ port, ssl: true }, { port: plain }], server: `location = /sub { nchan_subscriber eventsource; nchan_channel_id v; nchan_message_buffer_length 0; nchan_subscriber_first_message newest; nchan_eventsource_ping_interval 15; }
      location = /pub { nchan_publisher; nchan_channel_id v; nchan_message_buffer_length 1; nchan_message_timeout 1s; }` });
  const post = () => new Promise((resolve, reject) => http.request({ port: plain, path: '/pub', method: 'POST', headers: { 'Content-Length': Buffer.byteLength(payload) } },
    (answer) => { answer.resume(); answer.on('end', resolve); }).on('error', reject).end(payload));
  return { name: 'nchan', kind: 'http', port, pid, path: '/sub', greeting: '\r\n\r\n', send: post };
}

async function mosquitto(bench, payload) {
  const [port, plain] = [await freePort(), await freePort()], pid = await bench.mosquitto(port, plain);
  const publisher = net.connect(plain, '127.0.0.1');
  publisher.write(Buffer.from('\x10\x0d\0\x04MQTT\x04\x02\0\0\0\x01p', 'latin1'));
  await once(publisher, 'data');
  const body = Buffer.concat([Buffer.from('\0\x01v', 'latin1'), Buffer.from(payload)]);
  const length = [(body.length & 127) | 128, body.length >> 7];
  return { name: 'mosquitto', kind: 'mqtt', port, pid, path: '-', greeting: '-', end: () => publisher.destroy(),
    send: async () => publisher.write(Buffer.concat([Buffer.from([0x30, ...length]), body])) };
}

/** The least that anybody can do: one gnutls_record_send() a stream, or one send() to a bare socket. */
async function bare(bench, payload, kind = 'tls') {
  const { chain, key } = bench.certificate;
  const child = bench.peer(`${bench.build}/tests/cloud/bench_bare`, [kind, payload, chain, key]);
  const [port] = await once(createInterface(child.stdout), 'line');
  return { name: kind, kind: kind === 'tls' ? 'http' : 'plain', port, pid: child.pid, path: '/', greeting: '\r\n\r\n',
    send: async () => child.stdin.write('\n') };
}

/** What is wanted, and whether it is held; for want of a peer nothing is said. */
function judge({ cloud: ours, nchan: web, mosquitto: broker, bare: floor, socket: kernel }) {
  if (!ours) return;
  const say = (what, value, most) => console.log(`${what}: ${value.toFixed(2)} (wanted: at most ${most.toFixed(2)}: ${value <= most ? 'held' : 'MISSED'})`);
  say('KB a stream', ours.each / 1024, 24);
  if (broker) say('CPU of an event / mosquitto', ours.cpu / broker.cpu, 0.5);
  if (web) say('last delivery / nchan', ours.last / web.last, 1.2);
  console.log(`reconnection of ${count}: all served after ${(ours.back / 1000).toFixed(1)} s`);
  const each = (one) => (one.cpu * 1000 / Number(count)).toFixed(1);
  if (floor && kernel) console.log(`us of CPU a stream and event: cloud ${each(ours)}; gnutls and kernel for anyone ${each(floor)}; the kernel alone ${each(kernel)}`);
}

const bench = await Bench.open(build);
try {
  await bench.addClinic(Number(events) + 4);
  const payload = await sample(bench), make = { cloud, nchan, mosquitto, bare, socket: (...way) => bare(...way, 'plain') }, results = {};
  console.log(`${machine()}; ${count} streams, ${events} events of about ${payload.length} bytes`);
  for (const name of which.split(',')) {
    const way = await make[name](bench, payload);
    const one = results[name] = await measure(bench, way);
    way.end?.();
    console.log(`${name.padEnd(10)} ${(one.each / 1024).toFixed(1).padStart(6)} KB each; event: last ${one.last.toFixed(0)} ms (worst ${one.worst.toFixed(0)}), ` +
      `${one.cpu.toFixed(0)} ms CPU; opened in ${(one.first / 1000).toFixed(1)} s, again in ${(one.back / 1000).toFixed(1)} s (${(one.backCpu / 1000).toFixed(1)} s CPU); left after closing ${(one.left / 2 ** 20).toFixed(0)} MB`);
  }
  judge(results);
} finally {
  await bench.close();
}
