// From call to glass and ear: ten calls at once, recorded at the sound device and listened to sample by sample;
// a call at the kiosk itself while the line is down; calls that were made while the kiosk was away.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { fileURLToPath } from 'node:url';
import { inHouse, run, sleep, staffView, until } from './fixture.mjs';

const RATE = 48000, VOICE = 1600, BREATH = 200, PAUSE = 1200, REST = 1500; // announcer.h
const CALLS = 10, FRESH_MS = 60000;
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

/** The number, a breath, the room; a pause; the same again: nothing else, to the sample. */
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
  return at;
}

function levels(file) {
  const text = execFileSync('sh', ['-c', 'ffmpeg -nostats -hide_banner -f s16le -ar 48000 -ac 1 -i "$1" -af ebur128=peak=true -f null - 2>&1',
    'sh', file], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('Summary:')[1];
  return { loudness: Number(/I:\s+(-?[\d.]+) LUFS/.exec(text)[1]), peak: Number(/Peak:\s+(-?[\d.]+) dBFS/.exec(text)[1]) };
}

/** As a reception desk without a printer: the numbers alone matter here. */
async function issue(house, desk, count) {
  const { cookie, csrf } = await staffView(house);
  for (let i = 0; i < count; i++) {
    const answer = await house.api('POST', `${desk}/tickets`, { ticket: randomUUID(), service: 'adult' }, { Cookie: cookie, 'X-CSRF-Token': csrf });
    assert.ok(answer.status < 300, answer.text);
  }
  return (body = {}) => house.api('POST', `${desk}/calls`, body, { Cookie: cookie, 'X-CSRF-Token': csrf });
}

test('calls are seen and heard', { timeout: 950_000 }, async () => {
  await run('sh', [path.join(root, 'assets/voice/make.sh'), clips, '14'], { seconds: 500 });
  await inHouse(async (house) => {
    const sink = house.at('sound.raw');
    // a little faster than life, so that a busy machine does not let the sound fall behind the picture
    Object.assign(process.env, { SDL_AUDIODRIVER: 'disk', SDL_DISKAUDIOFILE: sink, SDL_DISKAUDIODELAY: '6' });
    house.voice = clips;
    await house.startAll();
    const desk = `/api/v1/queues/${house.demo.clinic_no}-1`;
    const stage = async () => (await house.ctl('status')).monitor.stage?.number ?? null;
    const call = await issue(house, desk, CALLS + 3);
    await until('the numbers', async () => (await house.ctl('status')).monitor.waiting === CALLS + 3);

    // ten within a moment, one of them in the movement of the first; a name in a field that nobody knows
    const wanted = [];
    for (let i = 0; i < CALLS; i++) {
      const answer = await call(i === 1 ? { patient_name: '山田 花子' } : {});
      assert.ok(answer.status < 300, answer.text);
      wanted.push(String(answer.json.number));
    }
    const seen = [];
    await until('all of them on the stage', async () => {
      const now = await stage();
      if (now !== null && now !== seen.at(-1)) seen.push(now);
      return seen.length === CALLS && now === null;
    }, { seconds: CALLS * 25, every: 300 });
    assert.deepEqual(seen, wanted);
    assert.ok(!JSON.stringify(await house.ctl('status')).includes('山田'));

    await until('silence', () => {
      const all = pcm(readFileSync(sink));
      return silent(all, all.length - samples(REST + 500), all.length);
    });
    const recording = pcm(readFileSync(sink)), starts = beginnings(recording);
    assert.equal(starts.length, CALLS);
    starts.forEach((chime, i) => {
      const end = checkAnnouncement(recording, chime, wanted[i], 'だいいちしんさつしつ');
      assert.ok(i === CALLS - 1 || end <= starts[i + 1], `${wanted[i]} is still spoken when ${wanted[i + 1]} is called`);
    });
    const { loudness, peak } = levels(sink);
    console.log(`recording: ${loudness} LUFS, true peak ${peak} dBFS`);
    assert.ok(peak < -1, `true peak ${peak} dBFS`);
    assert.ok(loudness > -36 && loudness < -16, `${loudness} LUFS`);

    // the line is down: a call at the kiosk itself is seen and heard at once
    let before = beginnings(pcm(readFileSync(sink))).length;
    const outage = house.cloud;
    outage.kill('SIGSTOP');
    const [line] = (await house.ctl('tickets')).tickets.filter((one) => one.state === 'waiting');
    await house.ctl('call', String(line.number));
    await until('the call on the stage', async () => (await stage()) === String(line.number), { seconds: 10 });
    await until('its chime', () => beginnings(pcm(readFileSync(sink))).length === before + 1, { seconds: 10 });
    outage.kill('SIGCONT');
    await until('its confirmation', async () => (await house.ctl('status')).outbox === 0, { seconds: 60 });
    await until('an empty stage', async () => (await stage()) === null, { seconds: 40 });
    assert.equal(beginnings(pcm(readFileSync(sink))).length, before + 1); // confirmed and rebased without a sound

    // the kiosk was away for longer than a minute: on the board, but not cried out
    await house.kiosk.stop();
    const late = await call();
    assert.ok(late.status < 300, late.text);
    await sleep(FRESH_MS + 1500);
    rmSync(sink);
    await house.startKiosk();
    await until('the late call on its panel', async () =>
      JSON.stringify((await house.ctl('status')).monitor.desks).includes(`"number":"${late.json.number}"`), { seconds: 30 });
    await sleep(2500);
    assert.equal(await stage(), null);
    assert.equal(beginnings(pcm(readFileSync(sink))).length, 0);
    assert.ok(statSync(sink).size > RATE, 'the device runs');
  });
});
