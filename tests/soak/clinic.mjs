// The clinic of the soak: one cloud over TLS, and two kiosks, each with a cutting line to it, a
// receipt printer on a socket, and a cupsd with our backend of its own. Real processes, all of them.
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { House } from '../../cmake/try/house.mjs';
import { run, until } from '../../cmake/try/process.mjs';
import { CuttingProxy } from './proxy.mjs';

const root = path.resolve(fileURLToPath(import.meta.url), '../../..');
const CTL_SECONDS = 4;
const MORNING_MIN = 60; // the clinic's clock at the beginning: no session ends for eleven hours

/** One kiosk with its printer and its line. */
export class SoakKiosk extends House {
  constructor({ name, ...options }) {
    super(options);
    this.name = name;
    this.deaths = [];
  }

  async furnishFor(clinic, code) {
    await this.open();
    this.line = new CuttingProxy(clinic.port);
    await this.line.listen();
    await copyFile(clinic.at('cloud/tls/ca.pem'), this.at('ca.pem'));
    await this.startPrinter();
    await writeFile(this.at('kiosk.conf'), `[cloud]
url = https://127.0.0.1:${this.line.port}
ca = ${this.at('ca.pem')}
code = ${code}

[kiosk]
data = ${this.at('kiosk')}
role = terminal
socket = ${this.at('kiosk.sock')}

[screen]
terminal = 800x480
fullscreen = no

[printer]
uri = escpos://127.0.0.1:${this.printerPorts.port}
queue = machiai
server = ${this.at('cups/cups.sock')}
paper = 80
`);
  }

  /** Headless: SDL draws into memory. */
  async startKiosk() {
    this.kiosk = this.start('kiosk', this.bin.kiosk, ['run', '--config', this.at('kiosk.conf')], {
      env: {
        SDL_VIDEODRIVER: 'dummy',
        LSAN_OPTIONS: `suppressions=${path.join(root, 'tests/lsan.supp')}:print_suppressions=0`,
      },
    });
    await until(`kiosk ${this.name} to answer`, () => {
      if (this.kiosk.exited) throw Object.assign(new Error(`it ended by itself:\n${this.kiosk.lastWords()}`), { final: true });
      return this.ctl('status');
    }, { seconds: 60 });
  }

  /** A stopped kiosk gives no answer: nobody waits long for it. */
  async ctl(...args) {
    return JSON.parse(await run(this.bin.kiosk, ['ctl', '--socket', this.at('kiosk.sock'), ...args], { seconds: CTL_SECONDS }));
  }

  async startCupsd() {
    await run('sh', [path.join(root, 'cmake/cupsd.sh'), 'start', this.at('cups'), this.bin.backend]);
  }

  cupsdPid() {
    return Number(readFileSync(this.at('cups/cupsd.pid'), 'utf8'));
  }

  /** The backend of this kiosk's cupsd, if it prints just now. */
  async backends() {
    const found = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (environment.includes(`CUPS_CACHEDIR=${this.at('cups')}/`)) found.push(Number(pid));
    }
    return found;
  }
}

export class Clinic {
  constructor({ dir, build, names = ['a', 'b'] }) {
    this.dir = path.resolve(dir);
    this.cloud = new House({ dir: this.dir, build });
    this.kiosks = names.map((name) => new SoakKiosk({ name, dir: path.join(this.dir, name), build }));
  }

  /** Wherever the machine's clock stands, it is early in the clinic's morning. */
  async settings() {
    const settings = JSON.parse(await readFile(path.join(root, 'assets/demo/settings.json'), 'utf8'));
    const now = new Date(), minutes = now.getUTCHours() * 60 + now.getUTCMinutes();
    const offset = MORNING_MIN - minutes;
    settings.utc_offset_min = offset < -720 ? offset + 1440 : offset;
    return settings;
  }

  async open() {
    const { cloud } = this;
    await cloud.open();
    await cloud.startCloud();
    await writeFile(cloud.at('settings.json'), JSON.stringify(await this.settings()));
    const site = await cloud.admin('site', 'add', '--settings', cloud.at('settings.json'));
    Object.assign(this, { site: site.site, clinic_no: site.clinic_no });
    this.people = [];
    for (const user of ['sato', 'suzuki']) {
      const password = `${user}-${Math.random().toString(36).slice(2)}-password`;
      await cloud.admin('user', 'add', '--user', user, '--name', user, '--role', 'staff', '--site', this.site, '--password', password);
      this.people.push({ user, password });
    }
    for (const kiosk of this.kiosks) {
      const { code } = await cloud.admin('device', 'code', '--site', this.site);
      await kiosk.furnishFor(cloud, code);
      await kiosk.startKiosk();
      const { device } = await until(`kiosk ${kiosk.name} to enrol`, async () => {
        const status = await kiosk.ctl('status');
        return status.online && status.terminal.screen === 'start' && status;
      }, { seconds: 60 });
      kiosk.device = device;
    }
  }

  async logIn({ user, password }) {
    const login = await this.cloud.api('POST', '/api/v1/sessions', { user, password });
    if (login.status >= 300) throw new Error(`login: ${login.status} ${login.text}`);
    return { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
  }

  /** Processes of ours that ended although nobody killed them; a sanitizer's report ends one so. */
  deaths() {
    return [this.cloud, ...this.kiosks].flatMap((house) => house.processes.filter((one) => one.exited && !one.killed && !one.stopping)
      .map((one) => ({ ticket: null, what: `${house.name ? `${house.name}/` : ''}${one.name} ended by itself (${JSON.stringify(one.exited)}), see ${one.log}` })));
  }

  /** Ends all; findings of unclean ends. */
  async stop() {
    const findings = [];
    for (const house of [...this.kiosks, this.cloud]) {
      const parts = [...house.processes].filter((part) => !part.exited);
      for (const part of parts) part.stopping = true;
      await house.stop();
      house.line?.close();
      for (const part of parts.filter((one) => ['kiosk', 'cloud'].includes(one.name) && one.exited.code !== 0))
        findings.push({ ticket: null, what: `${house.name ?? 'cloud'}: ${part.name} ended with ${JSON.stringify(part.exited)}, see ${part.log}` });
    }
    return findings;
  }
}

export const makeDir = (dir) => mkdir(dir, { recursive: true });
