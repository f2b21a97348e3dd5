// What benchmarks of the cloud compare it with, and what they share: a cloud with one clinic, nginx and mosquitto with
// the cloud's own certificate, and tests/bench/load.c, which puts the load on all of them.
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { House } from '../../cmake/try/house.mjs';
import { run, until } from '../../cmake/try/process.mjs';

const demo = fileURLToPath(new URL('../../assets/demo/settings.json', import.meta.url));
const found = (...names) => names.find(existsSync);

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Answers once the port takes connections. */
const listening = (name, port) => until(name, () => new Promise((resolve, reject) => {
  net.connect(port, '127.0.0.1', function answered() { this.destroy(); resolve(true); }).on('error', reject);
}));

/** Bytes of memory that belong to a process (shared pages by share); the kernel's sockets are not in it. */
export function memory(pid) {
  return Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+) kB/m)[1]) * 1024;
}

export class Bench {
  /** options: further ones of `serve`. Limits for a client are on, but wide: one machine is all patients here. */
  static async open(build, options = []) {
    const bench = new Bench();
    bench.build = path.resolve(build);
    bench.load = path.join(bench.build, 'tests/cloud/bench_load');
    bench.house = new House({ dir: mkdtempSync(path.join(tmpdir(), 'machiai-peers-')), build: bench.build, films: tmpdir() });
    bench.house.cloudOptions = ['--rate', '100000', ...options];
    bench.peers = [];
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => bench.close().finally(() => process.exit(1)));
    await bench.house.open();
    await bench.startCloud();
    return bench;
  }

  /** Its log goes straight into a file, as nginx' does: a pipe costs the writer as much as the reader is slow. */
  async startCloud() {
    const { bin } = this.house, program = bin.cloud, script = this.at('serve.sh');
    this.log = this.at('log/serve.log');
    writeFileSync(script, `#!/bin/sh\nexec '${program}' "$@" 2>>'${this.log}'\n`, { mode: 0o755 });
    bin.cloud = script;
    await this.house.startCloud();
    bin.cloud = program;
  }

  at(...parts) {
    return this.house.at(...parts);
  }

  /** A clinic in which `waiting` people wait; somebody at its reception. */
  async addClinic(waiting) {
    const { house } = this, password = randomUUID(), settings = this.at('clinic.json');
    writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(demo, 'utf8')), clinic_no: '2001', video: false }));
    const { site } = await house.admin('site', 'add', '--settings', settings);
    await house.admin('user', 'add', '--user', 'reception', '--name', '佐藤', '--role', 'staff', '--site', site, '--password', password);
    const login = await house.api('POST', '/api/v1/sessions', { user: 'reception', password });
    this.clinic = { site, view: '/api/v1/queues/2001-1',
      headers: { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf } };
    for (let i = 0; i < waiting; i++) await this.act('tickets', { ticket: randomUUID(), service: 'adult' });
    await this.act('calls', {});
  }

  async act(what, body) {
    const answer = await this.house.api('POST', `${this.clinic.view}/${what}`, body, this.clinic.headers);
    if (answer.status >= 300) throw new Error(answer.text);
    return answer.json;
  }

  get certificate() {
    return { chain: this.at('cloud/tls/server.pem'), key: this.at('cloud/tls/server-key.pem') };
  }

  /** nginx with one worker; gives the worker's process. server: lines of its `server` block; ports: what listens, `ssl` or not. */
  async nginx(name, { server, ports, log = false, top = '', http = '', connections = 12000 }) {
    const dir = this.at(name), { chain, key } = this.certificate;
    mkdirSync(dir, { recursive: true });
    writeFileSync(`${dir}/nginx.conf`, `${top}
daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log; ${process.getuid() === 0 ? 'user root;' : ''}
events { worker_connections ${connections}; }
http { access_log ${log ? `${dir}/access.log` : 'off'}; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on; ${http}
client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
server { ${ports.map(({ port, ssl }) => `listen 127.0.0.1:${port}${ssl ? ' ssl' : ''} backlog=4096;`).join(' ')}
ssl_certificate ${chain}; ssl_certificate_key ${key}; ssl_protocols TLSv1.3;
${server} } }`);
    const errors = openSync(`${dir}/start.log`, 'w');
    const master = spawn(found('/usr/sbin/nginx', '/usr/local/sbin/nginx') ?? 'nginx', ['-p', dir, '-c', `${dir}/nginx.conf`], { stdio: ['ignore', errors, errors] });
    this.peers.push(master);
    await listening(name, ports[0].port);
    const worker = readFileSync(`/proc/${master.pid}/task/${master.pid}/children`, 'utf8').trim().split(' ')[0];
    return Number(worker);
  }

  /** mosquitto, listening over TLS for those who subscribe and plainly for him who publishes. */
  async mosquitto(port, plain) {
    const { chain, key } = this.certificate;
    writeFileSync(this.at('mosquitto.conf'), `per_listener_settings false\nallow_anonymous true\npersistence false\nlog_type error\nuser root
listener ${port} 127.0.0.1\ncertfile ${chain}\nkeyfile ${key}\ntls_version tlsv1.3\nlistener ${plain} 127.0.0.1\n`);
    const log = openSync(this.at('log/mosquitto.log'), 'w');
    const peer = spawn(found('/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto') ?? 'mosquitto', ['-c', this.at('mosquitto.conf')], { stdio: ['ignore', log, log] });
    this.peers.push(peer);
    await listening('mosquitto', port).then(() => listening('mosquitto', plain)).catch((error) => {
      throw new Error(`${error.message}\n${readFileSync(this.at('log/mosquitto.log'), 'utf8').slice(0, 2000)}`);
    });
    return peer.pid;
  }

  /** A peer of our own that speaks with us over pipes. */
  peer(program, words) {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.peers.push(child);
    return child;
  }

  /** One run of `load requests`. */
  async requests({ tls = true, port, pid, connections, ms, path: where, header }) {
    const words = ['requests', tls ? 'tls' : 'plain', port, pid, connections, ms, where, ...(header ? [header] : [])];
    return JSON.parse(await run(this.load, words.map(String)));
  }

  async close() {
    for (const peer of this.peers) peer.kill('SIGTERM');
    await this.house.stop();
    await this.house.remove();
  }
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** The machine, as every figure names it. */
export function machine() {
  const cpu = readFileSync('/proc/cpuinfo', 'utf8').match(/^model name\s*:\s*(.*)$/m)?.[1] ?? 'unknown processor';
  return `${cpu}, ${execFileSync('nproc').toString().trim()} cores, load ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`;
}
