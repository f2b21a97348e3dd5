// A real cloud with one clinic, and a real Chromium to look at it.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { Clock } from '../system/clock.mjs';

const run = promisify(execFile);
const START_MS = 30000;
const DAY = 86400000;

export const SETTINGS = {
  clinic_no: '1024', name: 'みなと内科クリニック', phone: '045-000-0000',
  desks: [
    { desk_no: 1, kind: 'consultation', name: '診察', name_en: 'Consultation', first: 1, last: 900 },
    { desk_no: 2, kind: 'payment', name: '会計', name_en: 'Cashier' },
  ],
  rooms: [
    { id: 'room-1', desk_no: 1, name: '第1診察室', name_en: 'Room 1', reading: 'だいいちしんさつしつ' },
    { id: 'room-2', desk_no: 1, name: '第2診察室', name_en: 'Room 2', reading: 'だいにしんさつしつ' },
    { id: 'pay', desk_no: 2, name: '会計', name_en: 'Cashier', reading: 'かいけい' },
  ],
  services: [
    { id: 'return', desk_no: 1, name: '再診', name_en: 'Return visit', minutes: 8 },
    { id: 'first', desk_no: 1, name: 'はじめて', name_en: 'First visit', minutes: 12 },
  ],
};

export const QUEUE = '1024-1';
export const PAYMENT = '1024-2';
export const PASSWORD = 'kumo-tsuki-3819-hana';

const HOUR = 3600000, JST = 9 * HOUR, OPENS = 6 * HOUR, LATE = 23 * HOUR;

/** Now, or soon after six in the morning in Japan: never late in the evening, for a test takes its time. */
function awakeAt(now) {
  const midnight = Math.floor((now + JST) / DAY) * DAY - JST, of = now - midnight;
  if (of >= OPENS && of < LATE) return now + 1000;
  return midnight + (of < OPENS ? 0 : DAY) + OPENS + 60000;
}

export class Clinic {
  /** awake: whatever the hour is here, the cloud's is one in which it takes bookings from home (terms app. 2). */
  static async open(binary, { awake = false } = {}) {
    const clinic = new Clinic();
    clinic.binary = binary;
    clinic.dir = mkdtempSync(path.join(os.tmpdir(), 'machiai-web-'));
    clinic.data = path.join(clinic.dir, 'cloud');
    clinic.env = {};
    process.env.MACHIAI_BUILD ??= path.resolve(binary, '../..');
    const clock = awake && new Clock({ at: (name) => path.join(clinic.dir, name), cloudEnv: clinic.env, kioskEnv: {} });
    await clinic.#serve();
    if (awake) clock.leap(awakeAt(Date.now()));
    clinic.clock = clock;
    const settings = clinic.#file('settings.json', SETTINGS);
    clinic.site = (await clinic.admin('site', 'add', '--settings', settings)).site;
    const person = (user, name, role, ...site) => clinic.admin('user', 'add', '--user', user, '--name', name, '--role', role, '--password', PASSWORD, ...site);
    const here = ['--site', clinic.site];
    await person('sato', '佐藤', 'staff', ...here);
    await person('suzuki', '鈴木', 'staff', ...here);
    await person('minato', '医療法人みなと会', 'contractor', ...here);
    await person('nishi', '運営 西村', 'operator');
    clinic.staff = await clinic.logIn('suzuki');
    return clinic;
  }

  #file(name, value) {
    const file = path.join(this.dir, name);
    writeFileSync(file, JSON.stringify(value));
    return file;
  }

  async #serve() {
    this.log = '';
    this.cloud = spawn(this.binary, ['serve', '--data', this.data, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.env } });
    this.url = await new Promise((ready, fail) => {
      const timer = setTimeout(() => fail(new Error(`the cloud did not start:\n${this.log}`)), START_MS);
      const look = (chunk) => {
        this.log += chunk;
        const found = /^ready (https:\/\/\S+)/m.exec(this.log);
        if (found) { clearTimeout(timer); ready(found[1]); }
      };
      this.cloud.stdout.on('data', look);
      this.cloud.stderr.on('data', (chunk) => { this.log += chunk; });
      this.cloud.on('exit', (code) => fail(new Error(`the cloud ended with ${code}:\n${this.log}`)));
    });
    this.agent = new https.Agent({ ca: readFileSync(path.join(this.data, 'tls/ca.pem')), keepAlive: true });
  }

  async admin(...args) {
    const { stdout } = await run(this.binary, ['admin', '--data', this.data, ...args, '--json']);
    return JSON.parse(stdout);
  }

  api(method, where, body, headers = {}) {
    return new Promise((done, fail) => {
      const request = https.request(this.url + where, { method, agent: this.agent, headers: { 'Content-Type': 'application/json', ...headers } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => { text += chunk; })
          .on('end', () => done({ status: answer.statusCode, headers: answer.headers, data: text ? JSON.parse(text) : null }));
      });
      request.on('error', fail);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  // A session for a page that needs none of the log-in form.
  async cookie(user) {
    this.sessions ??= {};
    this.sessions[user] ??= await this.logIn(user);
    const [name, value] = this.sessions[user].Cookie.split('=');
    return { name, value, url: this.url, httpOnly: true, secure: true, sameSite: 'Strict' };
  }

  // Headers that act as a person.
  async logIn(user) {
    const { headers, data } = await this.api('POST', '/api/v1/sessions', { user, password: PASSWORD });
    return { Cookie: headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': data.csrf };
  }

  async ticket(service = 'return') {
    const { status, data } = await this.api('POST', `/api/v1/queues/${QUEUE}/tickets`, { ticket: randomUUID(), service }, this.staff);
    if (status !== 201) throw new Error(`no ticket: ${JSON.stringify(data)}`);
    return data;
  }

  async act(kind, ticket, more = {}) {
    const { data } = await this.api('POST', `/api/v1/sites/${this.site}/events`, { events: [{ kind, ticket: ticket?.ticket, ...more }] }, this.staff);
    return data.entries?.[0];
  }

  call = (ticket, room = 'room-1', desk = 1) => this.act('ticket_called', ticket, { room, desk });

  async view() {
    return (await this.api('GET', `/api/v1/sites/${this.site}/queue`, undefined, this.staff)).data;
  }

  find = async (ticket) => (await this.view()).tickets.find((one) => one.ticket === ticket.ticket);

  // Nobody waits, nobody is called.
  async clear() {
    for (const one of (await this.view()).tickets) {
      if (!['done', 'cancelled'].includes(one.state)) await this.act('ticket_done', one);
    }
  }

  // Headers that act as a new device.
  async enrol(name) {
    const { code } = await this.admin('device', 'code', '--site', this.site);
    const { data } = await this.api('POST', '/api/v1/devices/enrol', { code, name, role: 'both', version: 'test' });
    return { Authorization: `Bearer ${data.token}` };
  }

  async device(name) {
    const headers = await this.enrol(name);
    return (printer, more = {}) => this.api('PUT', '/api/v1/device/status',
      { printer, version: 'test', clock: 'trusted', programme: '', downloaded: [], playing: '', ...more }, headers);
  }

  async film(kind, title) {
    const file = path.join(this.dir, `${title}.mp4`);
    await run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'color=0x2E7A67:size=320x180:rate=10:duration=3',
      '-vf', 'drawbox=x=t*60:y=60:w=60:h=60:color=white:t=fill', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-metadata', `title=${title}`, file]);
    return this.admin('film', 'add', '--file', file, '--kind', kind, '--title', title);
  }

  async films() {
    this.made ??= [await this.film('health', '手を洗いましょう'), await this.film('advertisement', 'こもれび麦茶'), await this.film('substitute', '湖の朝')];
    return this.made;
  }

  // A distributed programme; deadline in ms from now.
  async programme(deadlineIn, fromIn = 7 * DAY) {
    const [health, tea, lake] = await this.films();
    const now = Date.now();
    const table = this.#file('table.json', {
      from: now + fromIn, to: now + fromIn + 14 * DAY, deadline: now + deadlineIn,
      items: [{ sha256: health.sha256 }, { kind: 'notice', title: '年末年始の休診', body: '12月29日から1月4日まで\n休診します。', duration_ms: 10000 }, { sha256: tea.sha256 }],
      substitutes: [lake.sha256],
    });
    const { programme } = await this.admin('programme', 'add', '--site', this.site, '--file', table);
    await this.admin('programme', 'distribute', '--programme', programme);
    return programme;
  }

  // A notice of the clinic's own, on the air.
  async notice(title) {
    await this.cookie('minato');
    const { status, data } = await this.api('POST', `/api/v1/sites/${this.site}/contents`, { kind: 'notice', title, duration_ms: 20000, page: { template: 'greeting', fields: { title, body: title } } }, this.sessions.minato);
    if (status !== 201) throw new Error(`no notice: ${JSON.stringify(data)}`);
    return data;
  }

  // Ends the cloud and leaves its files: how it ended.
  end() {
    this.agent.destroy();
    this.ended ??= new Promise((done) => {
      this.cloud.removeAllListeners('exit').on('exit', (code, signal) => done(signal ?? code));
      this.cloud.kill('SIGTERM');
    });
    return this.ended;
  }

  async close() {
    const how = await this.end();
    rmSync(this.dir, { recursive: true, force: true });
    return how;
  }
}

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export class Browser {
  // env: further environment; HOME names what it trusts.
  static async open(env = {}) {
    const browser = new Browser();
    browser.chromium = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS, env: { ...process.env, ...env } });
    browser.complaints = [];
    return browser;
  }

  // A page in a profile of its own. What the browser complains about (scripts, content policy) is kept;
  // that a request was refused is part of several tests.
  async page(options = {}) {
    const context = await this.chromium.newContext({ viewport: { width: 1180, height: 820 }, ignoreHTTPSErrors: true, locale: 'ja-JP', ...options });
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.stack}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) this.complaints.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  }

  close = () => this.chromium.close();
}

export async function logIn(page, url, user, password = PASSWORD) {
  await page.goto(url);
  await page.getByLabel('ユーザーID').fill(user);
  await page.getByLabel('パスワード').fill(password);
  await page.getByRole('button', { name: 'ログインする' }).click();
}

export const SIZES = { phone: { width: 390, height: 844 }, tablet: { width: 820, height: 1180 }, pc: { width: 1280, height: 900 } };

// Every size, and the dark theme at the size that the page has: kept only where somebody wants to look.
export async function pictures(page, name) {
  if (!process.env.MACHIAI_PICTURES) return;
  const size = page.viewportSize();
  const shot = (more) => page.screenshot({ path: path.join(process.env.MACHIAI_PICTURES, `${name}-${more}.png`), fullPage: true });
  for (const [more, viewport] of Object.entries(SIZES)) { await page.setViewportSize(viewport); await page.waitForTimeout(150); await shot(more); }
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForTimeout(300); // colours change softly
  await shot('dark');
  await page.emulateMedia({ colorScheme: 'light' });
}
