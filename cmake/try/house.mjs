// The whole house on one machine: cloud, private cupsd with a virtual receipt printer, display,
// kiosk, and a demo clinic. The demo and the system tests run the same one.
import { mkdir, readFile, readdir, writeFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Process, run, until } from './process.mjs';

const root = path.resolve(fileURLToPath(import.meta.url), '../../..');
const minute = 60 * 1000, day = 24 * 60 * minute;

const password = () => randomBytes(9).toString('base64url');

export class House {
  /**
   * dir: where everything lives. build: CMake's build directory. films: directory of the demo films.
   * voice: directory of the voice's clips; without it the kiosk is silent.
   * port: the cloud's (0 = any). screens: {terminal, monitor, terminalMm, monitorMm}.
   */
  constructor({ dir, build, films, voice, port = 0, screens = {}, log = () => {} }) {
    this.dir = path.resolve(dir);
    this.bin = {
      cloud: path.join(build, 'cloud/machiai-cloud'),
      kiosk: path.join(build, 'firmware/kiosk/machiai-kiosk'),
      backend: path.join(build, 'drivers/cups/escpos'),
    };
    this.films = films;
    this.voice = voice;
    this.port = port;
    this.screens = { terminal: '1080x1920', monitor: '1920x1080', terminalMm: 268, monitorMm: 708, ...screens };
    this.say = log;
    this.cloudOptions = []; // further ones of `serve`
    this.cloudEnv = {}; // further environment of the cloud: a clock of the test's own
    this.kioskEnv = {}; // further environment of the kiosk: faults of the tests
    this.processes = [];
  }

  at(...parts) {
    return path.join(this.dir, ...parts);
  }

  /** A file of the cloud's data, where this process can read it. */
  seen(...parts) {
    return this.at('cloud', ...parts);
  }

  start(name, command, args, options) {
    const process = new Process(name, this.at('log', `${name}.log`), command, args, options);
    this.processes.push(process);
    return process;
  }

  async open() {
    await mkdir(this.at('log'), { recursive: true });
    await mkdir(this.at('slips'), { recursive: true });
  }

  // -- the parts --------------------------------------------------------------------------------

  async startCloud() {
    await mkdir(this.at('log'), { recursive: true });
    this.cloud = this.start('cloud', this.bin.cloud, ['serve', '--data', this.at('cloud'), '--listen', `127.0.0.1:${this.port}`, ...this.cloudOptions], { env: this.cloudEnv });
    const [, url] = await this.cloud.line(/^ready (https:\/\/\S+)/);
    this.url = url.replace(/\/$/, '');
    this.port = Number(new URL(this.url).port);
    this.ca = await readFile(this.seen('tls/ca.pem'));
    this.agent = new https.Agent({ ca: this.ca, keepAlive: false });
  }

  async startPrinter() {
    this.printer = this.start('printer', process.execPath,
      [path.join(root, 'tests/fake/printer.mjs'), '--port', '0', '--control', '0', '--out', this.at('slips')]);
    const [line] = await this.printer.line(/^\{.*\}$/);
    this.printerPorts = JSON.parse(line);
    await run('sh', [path.join(root, 'cmake/cupsd.sh'), 'start', this.at('cups'), this.bin.backend]);
    this.cups = true;
  }

  /** Xvfb unless a display is given. */
  async startDisplay(display) {
    if (display) {
      this.display = display;
      return;
    }
    const server = this.start('display', 'Xvfb',
      ['-displayfd', '3', '-screen', '0', '3008x1920x24', '-noreset', '-nolisten', 'tcp'], { stdio: ['pipe'] });
    let text = '';
    server.child.stdio[3].on('data', (data) => (text += data));
    this.display = ':' + await until('Xvfb', () => text.includes('\n') && text.trim());
    this.ownDisplay = true;
  }

  async writeConfig(code, extra = '') {
    await writeFile(this.at('kiosk.conf'), `# Written by the demo. Format: README.md, "Point a kiosk at a cloud".
[cloud]
url = ${this.url}
ca = ${this.at('cloud/tls/ca.pem')}
code = ${code}

[kiosk]
data = ${this.at('kiosk')}
role = both
socket = ${this.at('kiosk.sock')}

[screen]
terminal = ${this.screens.terminal}
terminal_mm = ${this.screens.terminalMm}
monitor = ${this.screens.monitor}
monitor_mm = ${this.screens.monitorMm}
fullscreen = no

[printer]
uri = escpos://127.0.0.1:${this.printerPorts.port}
queue = machiai
server = ${this.at('cups/cups.sock')}
paper = 80

[video]
substitutes = ${path.join(this.films, 'relaxation')}
sound = ${this.voice ? 'yes' : 'no'}
${extra}${this.voice ? `\n[sound]\nvoice = ${this.voice}\n` : ''}`);
  }

  async startKiosk() {
    this.kiosk = this.start('kiosk', this.bin.kiosk, ['run', '--config', this.at('kiosk.conf')], {
      env: {
        DISPLAY: this.display,
        SDL_VIDEODRIVER: 'x11',
        // without a graphics card OpenGL is slower than drawing by hand (and Mesa leaks)
        ...(this.ownDisplay ? { SDL_RENDER_DRIVER: 'software', SDL_FRAMEBUFFER_ACCELERATION: '0' } : {}),
        // libvlc and fontconfig keep what they load until the process ends
        LSAN_OPTIONS: `suppressions=${path.join(root, 'tests/lsan.supp')}:print_suppressions=0`,
        ...this.kioskEnv,
      },
    });
    await until('the kiosk to answer', () => this.ctl('status'), { seconds: 30 });
  }

  // -- asking them ------------------------------------------------------------------------------

  async admin(...args) {
    const text = await run(this.bin.cloud, ['admin', '--data', this.at('cloud'), ...args, '--json']);
    return JSON.parse(text);
  }

  async ctl(...args) {
    const text = await run(this.bin.kiosk, ['ctl', '--socket', this.at('kiosk.sock'), ...args], { seconds: 20 });
    return JSON.parse(text);
  }

  /** The same without a process for it, for whoever asks often: 'status', 'tickets'. */
  asks(command) {
    return new Promise((resolve, reject) => {
      const line = net.connect(this.at('kiosk.sock'));
      let text = '';
      line.setTimeout(20000, () => line.destroy(new Error(`${command}: no answer in 20 s`)));
      line.on('connect', () => line.write(`${JSON.stringify({ command })}\n`));
      line.setEncoding('utf8').on('data', (data) => {
        text += data;
        if (!text.endsWith('\n')) return;
        line.destroy();
        resolve(JSON.parse(text));
      });
      line.on('error', reject);
      line.on('close', () => reject(new Error(`${command}: the kiosk hung up`)));
    });
  }

  /** One request over HTTPS, verified against the demo's own authority. */
  api(method, where, body, headers = {}) {
    return new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const request = https.request(this.url + where, {
        method, agent: this.agent, timeout: 20000,
        headers: { ...(payload === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }), ...headers },
      }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (data) => (text += data));
        response.on('end', () => {
          let json = null;
          try { json = JSON.parse(text); } catch { /* not every answer is JSON */ }
          resolve({ status: response.statusCode, headers: response.headers, text, json });
        });
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${where}: no answer in 20 s`)));
      request.on('error', reject);
      request.end(payload);
    });
  }

  async printerState(state) {
    const answer = await fetch(`http://127.0.0.1:${this.printerPorts.control}/mode/${state}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`printer refused state ${state}`);
  }

  /** What the printer itself knows: mode, slips, what waits in it. */
  async printerNow() {
    return (await fetch(`http://127.0.0.1:${this.printerPorts.control}/state`)).json();
  }

  async slips() {
    return (await readdir(this.at('slips'))).filter((name) => /^slip-\d+\.png$/.test(name)).sort();
  }

  // -- the demo clinic --------------------------------------------------------------------------

  /** Site, desks, people, films, one distributed programme; kept in demo.json for the next start. */
  async furnish() {
    const file = this.at('demo.json');
    if (existsSync(file)) {
      this.demo = JSON.parse(await readFile(file, 'utf8'));
      return;
    }
    const demo = { people: { reception: password(), manager: password(), operator: password() } };
    const site = await this.admin('site', 'add', '--settings', path.join(root, 'assets/demo/settings.json'));
    demo.site = site.site;
    demo.clinic_no = site.clinic_no;
    await this.admin('user', 'add', '--user', 'reception', '--name', '佐藤', '--role', 'staff', '--site', demo.site, '--password', demo.people.reception);
    await this.admin('user', 'add', '--user', 'manager', '--name', '医療法人さくら会', '--role', 'contractor', '--site', demo.site, '--password', demo.people.manager);
    await this.admin('user', 'add', '--user', 'operator', '--name', '運営', '--role', 'operator', '--password', demo.people.operator);
    demo.code = (await this.admin('device', 'code', '--site', demo.site)).code;
    demo.programme = await this.addProgramme(demo.site);
    this.demo = demo;
    await this.act({ kind: 'message', text: 'インフルエンザの予防接種を始めました。窓口へどうぞ。' });
    await writeFile(file, JSON.stringify(demo, null, 2));
  }

  /** Acts of the reception desk, as its console sends them. */
  async act(...events) {
    const login = await this.api('POST', '/api/v1/sessions', { user: 'reception', password: this.demo.people.reception });
    const headers = { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
    const answer = await this.api('POST', `/api/v1/sites/${this.demo.site}/events`, { events }, headers);
    if (answer.status !== 200) throw new Error(`the cloud refused ${JSON.stringify(events)}: ${answer.text}`);
  }

  /** Puts the demo films into the cloud and distributes a table that runs today. */
  async addProgramme(site, { deadline = Date.now() + 3 * day } = {}) {
    const table = JSON.parse(await readFile(path.join(root, 'assets/demo/programme.json'), 'utf8'));
    for (const item of [...table.items, ...table.substitutes]) {
      if (!item.file) continue;
      const film = await this.admin('film', 'add', '--file', path.join(this.films, item.file), '--kind', item.kind, '--title', item.title);
      item.sha256 = film.sha256;
      item.duration_ms = film.duration_ms;
      delete item.file;
    }
    table.substitutes = table.substitutes.map((item) => item.sha256);
    Object.assign(table, { from: Date.now() - day, to: Date.now() + 14 * day, deadline });
    await writeFile(this.at('programme.json'), JSON.stringify(table));
    const { programme } = await this.admin('programme', 'add', '--site', site, '--file', this.at('programme.json'));
    await this.admin('programme', 'distribute', '--programme', programme);
    return programme;
  }

  async startAll({ display } = {}) {
    await this.open();
    this.say('cloud');
    await this.startCloud();
    this.say('demo clinic');
    await this.furnish();
    this.say('receipt printer');
    await this.startPrinter();
    this.say('kiosk');
    await this.startDisplay(display);
    await this.writeConfig(this.demo.code);
    await this.startKiosk();
    await until('the kiosk to enrol', async () => (await this.ctl('status')).enrolled, { seconds: 30 });
  }

  async stop() {
    for (const process of [...this.processes].reverse()) await process.stop();
    if (this.cups) await run('sh', [path.join(root, 'cmake/cupsd.sh'), 'stop', this.at('cups')]).catch(() => {});
    this.processes = [];
  }

  async remove() {
    await rm(this.dir, { recursive: true, force: true });
  }
}
