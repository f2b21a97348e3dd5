// From call to glass and ear, at three kiosks: ten calls at once, the first of them from another kiosk's keypad,
// recorded at the sound device and listened to sample by sample; a call from a keypad whose line is down; calls that
// were made while a line or a kiosk was down. All of it while the ten have their time on the first one's stage.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { fileURLToPath } from 'node:url';
import { CuttingProxy } from '../soak/proxy.mjs';
import { inHouse, run, sleep, staffView, until } from './fixture.mjs';

const RATE = 48000, VOICE = 1600, BREATH = 200, PAUSE = 1200, REST = 1500; // announcer.h
const CALLS = 10, FRESH_MS = 60000, SILENT_CALL = 3, OFFLINE_CALL = 13;
const VOLUME = [40, 50, 60]; // of morning, afternoon, evening
const KEYS = { 1: 79, 3: 81, '+': 78, Enter: 96 }; // linux/input-event-codes.h
const root = path.resolve(fileURLToPath(import.meta.url), '../../..');
const clips = path.join(process.env.MACHIAI_BUILD, 'voice');

const samples = (ms) => Math.round((ms * RATE) / 1000);
const pcm = (buffer) => new Int16Array(buffer.buffer, buffer.byteOffset, buffer.length >> 1);
const decoded = new Map();

function clip(name) {
  if (!decoded.has(name)) {
    decoded.set(name, pcm(Buffer.from(execFileSync('ffmpeg', ['-v', 'error', '-i', path.join(clips, `${name}.opus`),
      '-f', 's16le', '-ac', '1', '-ar', String(RATE), '-'], { maxBuffer: 1 << 26 }))));
  }
  return decoded.get(name);
}

/** How much a stretch of the recording is this clip: 1 = nothing else. */
function likeness(recording, at, wanted) {
  let cross = 0, a = 0, b = 0;
  for (let i = 0; i < wanted.length; i += 3) {
    const x = recording[at + i] ?? 0;
    cross += x * wanted[i];
    a += x * x;
    b += wanted[i] * wanted[i];
  }
  return a && b ? cross / Math.sqrt(a * b) : 0;
}

const silent = (recording, from, to) => recording.subarray(from, to).every((sample) => Math.abs(sample) <= 1);

/** Where announcements begin: sound behind more than a second of silence. */
function beginnings(recording) {
  const found = [];
  let quiet = RATE * 2;
  for (let i = 0; i < recording.length; i++) {
    if (Math.abs(recording[i]) <= 1) quiet++;
    else {
      if (quiet > samples(REST - 100)) found.push(i);
      quiet = 0;
    }
  }
  return found;
}

/** How loud a clip stands in the recording: 1 = as it was made. */
function gain(recording, at, wanted) {
  let cross = 0, power = 0;
  for (let i = 0; i < wanted.length; i += 3) {
    cross += (recording[at + i] ?? 0) * wanted[i];
    power += wanted[i] * wanted[i];
  }
  return cross / power;
}

/** The number, a breath, the room; a pause; the same again: nothing else, to the sample. Where it ends, and how loud it is. */
function checkAnnouncement(recording, chime, number, room) {
  const [said, place] = [clip(`number/${number}`), clip(`room/${room}`)];
  let start = chime, best = { like: -1 };
  for (let shift = -200; shift <= 200; shift++) { // the chime's first samples round to nothing
    const like = likeness(recording, start + shift + samples(VOICE), said);
    if (like > best.like) best = { like, start: start + shift };
  }
  start = best.start;
  let at = start + samples(VOICE);
  for (let reading = 0; reading < 2; reading++) {
    for (const [index, part] of [said, place].entries()) {
      if (index) {
        assert.ok(silent(recording, at + 10, at + samples(BREATH) - 10), `${number}: a sound in the breath`);
        at += samples(BREATH);
      }
      const like = likeness(recording, at, part);
      assert.ok(like > 0.97, `${number}, reading ${reading + 1}, part ${index + 1}: likeness ${like.toFixed(3)}`);
      at += part.length;
    }
    const rest = reading ? REST : PAUSE;
    assert.ok(silent(recording, at + 10, at + samples(rest) - 10), `${number}: a sound behind its words`);
    at += samples(rest);
  }
  return { end: at, gain: gain(recording, start + samples(VOICE), said) };
}

function levels(file) {
  const text = execFileSync('sh', ['-c', 'ffmpeg -nostats -hide_banner -f s16le -ar 48000 -ac 2 -i "$1" -af ebur128=peak=true -f null - 2>&1',
    'sh', file], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('Summary:')[1];
  return { loudness: Number(/I:\s+(-?[\d.]+) LUFS/.exec(text)[1]), peak: Number(/Peak:\s+(-?[\d.]+) dBFS/.exec(text)[1]) };
}

/** What a sound device has got so far: one of its two sides, which say the same. */
function heard(sink) {
  const both = pcm(readFileSync(sink)), side = new Int16Array(both.length >> 1);
  for (let i = 0; i < side.length; i++) side[i] = both[2 * i];
  assert.ok(side.every((sample, i) => sample === both[2 * i + 1]), 'a voice on one side only');
  return side;
}

/** A kiosk that is a monitor, of the same clinic. A keypad is a pipe here, which stays open as a device does. */
class Monitor {
  constructor(house, name, { line, keypad = false }) {
    Object.assign(this, { house, name, line, sink: house.at(`${name}.raw`), pad: keypad ? house.at(`${name}.keys`) : '' });
  }

  async start(quiet = '') {
    const { house, name } = this, file = house.at(`${name}.conf`);
    this.code ??= (await house.admin('device', 'code', '--site', house.demo.site)).code;
    if (this.pad && !this.keys) {
      execFileSync('mkfifo', [this.pad]);
      this.keys = openSync(this.pad, 'r+');
    }
    writeFileSync(file, `[cloud]\nurl = ${this.line ? `https://127.0.0.1:${this.line.port}` : house.url}\nca = ${house.at('cloud/tls/ca.pem')}
code = ${this.code}\n[kiosk]\ndata = ${house.at(name)}\nrole = monitor\nsocket = ${house.at(`${name}.sock`)}
[screen]\nmonitor = 1280x720\nfullscreen = no\nmotion = no\n${this.pad && `[keypad]\ndevice = ${this.pad}\nroom = room-2\n`}
[sound]\nvoice = ${clips}\nquiet = ${quiet}\n`);
    rmSync(this.sink, { force: true });
    this.kiosk = house.start(name, house.bin.kiosk, ['run', '--config', file], { env: { ...sound(this.sink), DISPLAY: house.display,
      SDL_VIDEODRIVER: 'x11', SDL_RENDER_DRIVER: 'software', SDL_FRAMEBUFFER_ACCELERATION: '0',
      LSAN_OPTIONS: `suppressions=${path.join(root, 'tests/lsan.supp')}:print_suppressions=0` } });
    await until(`${name} to show the clinic`, async () => (await this.status()).monitor.desks.length > 0, { seconds: 60 });
  }

  async status() {
    return JSON.parse(await run(this.house.bin.kiosk, ['ctl', '--socket', this.house.at(`${this.name}.sock`), 'status'], { seconds: 20 }));
  }

  press(...keys) {
    for (const key of keys) {
      const event = Buffer.alloc(24); // struct input_event: time, type EV_KEY, code, value
      event.writeUInt16LE(1, 16);
      event.writeUInt16LE(KEYS[key], 18);
      event.writeInt32LE(1, 20);
      writeSync(this.keys, event);
    }
  }

  async stage() {
    return (await this.status()).monitor.stage?.number ?? null;
  }

  async shows(number) {
    return inPanel(await this.status(), number);
  }
}

/** The number stands in a panel, alone or with others that are called to the same room. */
const inPanel = (status, number) => JSON.stringify(status.monitor.desks).includes(`"${number}"`);

// a little faster than life, so that a busy machine does not let the sound fall behind the picture
const sound = (sink) => ({ SDL_AUDIODRIVER: 'disk', SDL_DISKAUDIOFILE: sink, SDL_DISKAUDIODELAY: '6' });

/** As a reception desk without a printer: the numbers alone matter here. */
async function reception(house) {
  const desk = `/api/v1/queues/${house.demo.clinic_no}-1`, { cookie, csrf } = await staffView(house);
  const ask = async (what, body) => {
    const answer = await house.api('POST', `${desk}/${what}`, body, { Cookie: cookie, 'X-CSRF-Token': csrf });
    assert.ok(answer.status < 300, answer.text);
    return answer.json;
  };
  return {
    issue: (no_voice) => ask('tickets', { ticket: randomUUID(), service: 'adult', ...(no_voice && { no_voice }) }),
    call: async (body = {}) => String((await ask('calls', body)).number),
  };
}

async function set(house, change) {
  const settings = JSON.parse(readFileSync(path.join(root, 'assets/demo/settings.json'), 'utf8')), file = house.at('settings.json');
  writeFileSync(file, JSON.stringify({ ...settings, ...change }));
  await house.admin('site', 'settings', '--site', house.demo.site, '--file', file);
}

/** The site's clock, nine hours east of Greenwich: names of today and tomorrow, and the part of the day. */
const days = () => [0, 1].map((more) => new Date(Date.now() + (9 + 24 * more) * 3600e3).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' }).toLowerCase());
function part() {
  const hour = new Date(Date.now() + 9 * 3600e3).getUTCHours();
  return hour < 13 ? 0 : hour < 18 ? 1 : 2; // settings.h: the defaults
}

/** Everybody is at work: cloud, the recorded kiosk, and two monitors, one of them with a keypad and a line that can be cut. */
async function open(house) {
  const sink = house.at('sound.raw');
  house.voice = clips;
  house.addProgramme = async () => ''; // a board without films has the processors for the sound
  house.kioskEnv = sound(sink);
  await house.startAll();
  const line = new CuttingProxy(house.port);
  await line.listen();
  const far = new Monitor(house, 'kiosk2', { line, keypad: true }), away = new Monitor(house, 'kiosk3', {});
  await far.start();
  await away.start(days().join(', ')); // its own quiet days: today, whatever day it is
  return { sink, line, far, away };
}

/** What was called while the line and the kiosk were down is older than a minute when they are back. */
async function comeBack({ line, far, away }, last) {
  await sleep(FRESH_MS + 1500);
  line.set('pass');
  await away.start();
  await until('the calls on the panel of the cut off kiosk', () => far.shows(last), { seconds: 60 });
  await until('the calls on the panel of the kiosk that was away', () => away.shows(last), { seconds: 60 });
  await until('what was called without a line, in the log', async () => (await far.status()).outbox === 0, { seconds: 60 });
  await sleep(2500);
  assert.equal(await far.stage(), null);
  assert.equal(await away.stage(), null);
}

function checkTen(sink, wanted, parts) {
  const recording = heard(sink), starts = beginnings(recording);
  assert.equal(starts.length, CALLS);
  starts.forEach((chime, i) => {
    if (i + 1 === SILENT_CALL) { // the patient's wish: the chime, and not a word
      assert.ok(silent(recording, chime + samples(VOICE), starts[i + 1]), `${wanted[i]} wished no voice`);
      return;
    }
    const { end, gain } = checkAnnouncement(recording, chime, wanted[i], i ? 'だいいちしんさつしつ' : 'だいにしんさつしつ');
    assert.ok(i === CALLS - 1 || end <= starts[i + 1], `${wanted[i]} is still spoken when ${wanted[i + 1]} is called`);
    const volumes = i === CALLS - 1 ? parts.map((one) => VOLUME[one]) : [80];
    assert.ok(volumes.some((volume) => Math.abs(gain / (volume / 100) ** 2 - 1) < 0.1), `${wanted[i]} is ${gain.toFixed(3)} loud, at volume ${volumes}`);
  });
  const { loudness, peak } = levels(sink);
  console.log(`recording: ${loudness} LUFS, true peak ${peak} dBFS`);
  assert.ok(peak < -1, `true peak ${peak} dBFS`);
  assert.ok(loudness > -36 && loudness < -16, `${loudness} LUFS`);
}

/** Ten within a moment, the first from the far kiosk's keypad; a name in a field that nobody knows. */
async function callTen(house, desk, { line, far, away }) {
  far.press('+');
  for (const board of [far, away]) await until(`the call at ${board.name}`, async () => (await board.stage()) === '1', { seconds: 20 });
  assert.ok(heard(away.sink).every((sample) => sample === 0), 'a sound on a quiet day');
  await away.kiosk.stop();
  line.set('reset');
  await until('the line to be down', async () => !(await far.status()).online, { seconds: 30 });
  far.press(...String(OFFLINE_CALL), 'Enter');
  await until('the call without a line', () => far.shows(OFFLINE_CALL), { seconds: 10 });
  const wanted = ['1'];
  for (let i = 1; i < CALLS; i++) wanted.push(await desk.call(i === 1 ? { patient_name: '山田 花子' } : {}));
  return wanted;
}

/** As they take the stage; the volume changes while the last but one has it. */
async function watchStage(house, parts) {
  const seen = [];
  await until('all of them on the stage', async () => {
    const now = (await house.ctl('status')).monitor.stage?.number ?? null;
    if (now !== null && now !== seen.at(-1)) {
      seen.push(now);
      if (seen.length === CALLS - 1) await set(house, { volume: VOLUME });
      if (seen.length >= CALLS - 1) parts.push(part());
    }
    return seen.length === CALLS && now === null;
  }, { seconds: CALLS * 25, every: 300 });
  return seen;
}

async function whole(house, others) {
  const { sink, far, away } = others, desk = await reception(house), parts = [];
  for (let i = 1; i <= OFFLINE_CALL + 1; i++) await desk.issue(i === SILENT_CALL);
  for (const ask of [() => house.ctl('status'), () => far.status()])
    await until('the numbers', async () => (await ask()).monitor.waiting === OFFLINE_CALL + 1);

  const wanted = await callTen(house, desk, others);
  const [seen] = await Promise.all([watchStage(house, parts), comeBack(others, wanted.at(-1))]);
  assert.deepEqual(seen, wanted);
  const status = await house.ctl('status');
  assert.ok(!JSON.stringify(status).includes('山田'));
  assert.ok(inPanel(status, OFFLINE_CALL), 'what was called without a line is shown everywhere, and spoken where it was called');

  await until('silence', () => {
    const all = heard(sink);
    return silent(all, all.length - samples(REST + 500), all.length);
  });
  checkTen(sink, wanted, parts);
  // the cut off kiosk: the call that it took part in, its own one, and nothing when the log went over both
  const own = heard(far.sink), chimes = beginnings(own);
  assert.equal(chimes.length, 2);
  checkAnnouncement(own, chimes[1], OFFLINE_CALL, 'だいにしんさつしつ');
  assert.ok(heard(away.sink).every((sample) => sample === 0), 'a sound of a call that is older than a minute');
  assert.ok(statSync(away.sink).size > RATE, 'the device runs');

  // at night: seen, not heard
  await set(house, { voice_night_from: 0, voice_night_to: 1440 });
  const late = await desk.call();
  await until('the call at night on the stage', async () => (await house.ctl('status')).monitor.stage?.number === late, { seconds: 10 });
  await sleep(2000);
  assert.equal(beginnings(heard(sink)).length, CALLS);
}

test('calls are seen and heard', { timeout: 700_000 }, async () => {
  await run('sh', [path.join(root, 'assets/voice/make.sh'), clips, String(OFFLINE_CALL + 1)], { seconds: 500 });
  await inHouse(async (house) => {
    const others = await open(house);
    await whole(house, others).finally(() => others.line.close()); // a test that fails is to end
  });
});
