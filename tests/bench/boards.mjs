// Boards to be measured: kiosks that are a monitor only, each of a clinic of its own at one cloud, each with a
// display whose pixels and a sound device whose samples can be read from files.
//
// The files of display and sound lie in memory where the machine has a place for that: what measures is not
// to keep the disk busy that cloud and kiosk wait for.
import { existsSync, fstatSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { House } from '../../cmake/try/house.mjs';
import { run, until } from '../../cmake/try/process.mjs';

const clinic = fileURLToPath(new URL('../../assets/demo/settings.json', import.meta.url));

/** The frame buffer of an Xvfb (XWD: a header, a colour map, then lines). */
class Glass {
  constructor(file) {
    this.file = openSync(file, 'r');
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

/** What a sound device got: 16 bits, two channels. */
class Sound {
  constructor(file) {
    this.file = openSync(file, 'r');
    this.from = 0;
  }

  /** Whether anything is heard in what came since the last question. */
  heard() {
    const size = fstatSync(this.file).size & ~3;
    if (size <= this.from) return false;
    const data = Buffer.alloc(size - this.from);
    readSync(this.file, data, 0, data.length, this.from);
    this.from = size;
    return data.some((byte) => byte !== 0);
  }
}

class Board {
  constructor(boards, index) {
    Object.assign(this, { boards, index, name: `board${index}` });
    this.dir = path.join(boards.memory, this.name);
    this.socket = path.join(boards.house.dir, `${this.name}.sock`);
  }

  /** Its clinic, and somebody at the reception. */
  async found() {
    const { house } = this.boards, user = `reception${this.index}`, password = randomUUID();
    const settings = house.at(`${this.name}.json`), like = JSON.parse(readFileSync(clinic, 'utf8'));
    writeFileSync(settings, JSON.stringify({ ...like, clinic_no: String(2000 + this.index), video: false }));
    const site = await house.admin('site', 'add', '--settings', settings);
    await house.admin('user', 'add', '--user', user, '--name', '佐藤', '--role', 'staff', '--site', site.site, '--password', password);
    this.code = (await house.admin('device', 'code', '--site', site.site)).code;
    this.queue = `/api/v1/queues/${site.clinic_no}-1`;
    const login = await house.api('POST', '/api/v1/sessions', { user, password });
    this.headers = { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
  }

  async display() {
    const { house } = this.boards;
    await run('mkdir', ['-p', this.dir]);
    const server = house.start(`${this.name}-display`, 'Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-fbdir', this.dir,
      '-noreset', '-nolisten', 'tcp'], { stdio: ['pipe'] });
    let text = '';
    server.child.stdio[3].on('data', (data) => (text += data));
    return ':' + await until('Xvfb', () => text.includes('\n') && text.trim());
  }

  config() {
    const { house, motion } = this.boards;
    return `[cloud]\nurl = ${house.url}\nca = ${house.at('cloud/tls/ca.pem')}\ncode = ${this.code}
[kiosk]\ndata = ${house.at(this.name)}\nrole = monitor\nsocket = ${this.socket}
[screen]\nmonitor = 1920x1080\nmonitor_mm = 708\nfullscreen = no\nmotion = ${motion ? 'yes' : 'no'}
[sound]\nvoice = ${house.voice}\n`;
  }

  async start() {
    const { house } = this.boards;
    await this.found();
    const display = await this.display(), file = house.at(`${this.name}.conf`), sink = path.join(this.dir, 'sound.raw');
    writeFileSync(file, this.config());
    this.kiosk = house.start(this.name, house.bin.kiosk, ['run', '--config', file], { env: { DISPLAY: display, SDL_VIDEODRIVER: 'x11',
      SDL_RENDER_DRIVER: 'software', SDL_FRAMEBUFFER_ACCELERATION: '0', SDL_AUDIODRIVER: 'disk', SDL_DISKAUDIOFILE: sink } });
    await until('the clinic on the board', async () => (await this.status()).monitor.desks.length > 0, { seconds: 60 });
    this.glass = new Glass(path.join(this.dir, 'Xvfb_screen0'));
    this.sound = new Sound(await until('its sound', () => existsSync(sink) && sink));
  }

  async ask(method, what, body) {
    const answer = await this.boards.house.api(method, `${this.queue}/${what}`, body, this.headers);
    if (answer.status >= 300) throw new Error(answer.text);
    return answer.json;
  }

  async issue(count) {
    for (let i = 0; i < count; i++) await this.ask('POST', 'tickets', { ticket: randomUUID(), service: 'adult' });
    await until('the numbers', async () => (await this.status()).monitor.waiting >= count);
  }

  call() {
    return this.ask('POST', 'calls', {});
  }

  async status() {
    return JSON.parse(await run(this.boards.house.bin.kiosk, ['ctl', '--socket', this.socket, 'status']));
  }
}

export class Boards {
  /** motion: as people see it; without it calls come and go by cuts. */
  constructor({ build, motion = true }) {
    const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    this.motion = motion;
    this.memory = mkdtempSync(path.join(memory, 'machiai-bench-'));
    this.house = new House({ dir: mkdtempSync(path.join(tmpdir(), 'machiai-bench-')), build, films: tmpdir(), voice: path.join(build, 'voice') });
  }

  async open(count) {
    await this.house.open();
    await this.house.startCloud();
    const boards = [];
    for (let i = 0; i < count; i++) boards.push(new Board(this, i));
    for (const board of boards) await board.start();
    return boards;
  }

  async close() {
    await this.house.stop();
    rmSync(this.memory, { recursive: true, force: true });
    rmSync(this.house.dir, { recursive: true, force: true });
  }
}

export const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
