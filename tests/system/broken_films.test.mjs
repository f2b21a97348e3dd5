// Films of a programme that are none, or are broken, on a real kiosk: cut short, with turned bits, of nothing but zeros, text under a
// film's name, sound alone, of 4K, a small file of a huge picture. Each is passed over with a pause that grows, the good ones go on
// between them, the display is never dark, the cloud is told, and the terminal gives numbers meanwhile.
//
// The cloud itself takes no such film: they are put into its store behind its back, as a bug of its checks or of ffmpeg's would.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { makeClips } from '../bench/clips.mjs';
import { startGlass, Watch } from '../bench/seen.mjs';
import { inHouse, until } from './fixture.mjs';
import { addClinic, addFilms, addProgramme } from './one_programme.mjs';

const ROUNDS_MS = 300000, TERMINAL_WIDTH = 1080;
const film = { coder: 'h264', size: '640x360', rate: 25 };

function ffmpeg(file, source, ...options) {
  execFileSync('ffmpeg', ['-loglevel', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', source, ...options, file]);
  return readFileSync(file);
}

function turnBits(bytes) {
  const copy = Buffer.from(bytes);
  for (let i = 1000, seed = 7; i < copy.length; i += 97) copy[i] ^= 1 << ((seed = (seed * 1664525 + 1013904223) >>> 0) >>> 29);
  return copy;
}

/** Name to bytes. */
function broken(house, whole) {
  const fast = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'], at = (name) => house.at(`${name}.mp4`);
  return {
    truncated: whole.subarray(0, whole.length * 0.3), headless: whole.subarray(whole.length / 2), bits: turnBits(whole), zeros: Buffer.alloc(300000),
    byte: Buffer.from('0'), text: Buffer.from('これはお知らせの文です。\n'.repeat(40)), sound: ffmpeg(at('sound'), 'sine=d=2', '-c:a', 'aac'),
    uhd: ffmpeg(at('uhd'), 'testsrc2=s=3840x2160:r=5:d=0.6', ...fast), bomb: ffmpeg(at('bomb'), 'color=s=8192x8192:r=1:d=1', ...fast),
  };
}

/** Into the cloud's store without its examination. */
function smuggle(house, title, bytes) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(house.at('cloud/contents', sha256), bytes);
  execFileSync('sqlite3', [house.at('cloud/machiai.db'), '.timeout 5000',
    `INSERT INTO film (site, sha256, kind, title, size, duration_ms, added) VALUES ('', '${sha256}', 'health', '${title}', ${bytes.length}, 4000, 1)`]);
  return sha256;
}

async function furnish(house) {
  await house.open();
  await house.startCloud();
  const site = await addClinic(house);
  const [good, other] = await makeClips(house.at('clips'), [film, film], { seconds: 4 });
  await addFilms(house, [good, other]);
  copyFileSync(good.file, house.at('whole.mp4'));
  const bad = Object.entries(broken(house, readFileSync(house.at('whole.mp4')))).map(([name, bytes]) => ({ name, sha256: smuggle(house, name, bytes) }));
  const middle = bad.length / 2, items = [good, ...bad.slice(0, middle), other, ...bad.slice(middle)].map(({ sha256 }) => ({ sha256 }));
  await addProgramme(house, site, items);
  await house.startPrinter();
  const { file } = await startGlass(house, '3008x1920');
  await house.writeConfig((await house.admin('device', 'code', '--site', site)).code);
  await house.startKiosk();
  return { file, bad, clips: [good, other] };
}

/** What the log says of a film, line by line. */
const complaints = (house, { sha256 }) => readFileSync(house.kiosk.log, 'utf8').split('\n').filter((line) => line.includes(`film ${sha256.slice(0, 12)}`));

test('films that are none: passed over, told to the cloud, and nothing goes dark', async () => {
  await inHouse(async (house) => {
    const { file, bad, clips } = await furnish(house);
    const status = () => house.ctl('status').catch(() => ({}));
    await until('all films', async () => (await status()).contents?.present === bad.length + clips.length, { seconds: 90 });
    await until('the first film', async () => (await status()).playing?.title === 'film 0', { seconds: 90 });
    const [x, ...area] = (await status()).monitor.film_area;
    const watch = new Watch(path.join(process.env.MACHIAI_BUILD, 'tests/system/glass'), file, [x + TERMINAL_WIDTH, ...area], clips);
    const { pid } = (await status()).video;

    // The flipped one may play, as far as a decoder shows what is left of it; every other one has its reason.
    await until('a reason for each', () => bad.every((one) => one.name === 'bits' || complaints(house, one).length > 0), { seconds: ROUNDS_MS / 1000, every: 500 });
    await house.ctl('tap', (await status()).terminal.widgets.find((name) => name.startsWith('service:')));
    await until('a number', async () => (await status()).terminal.number, { seconds: 30 });
    await until('the good ones again', async () => watch.boundaries().length >= 4, { seconds: ROUNDS_MS / 1000 });
    const [uhd] = complaints(house, bad.find(({ name }) => name === 'uhd'));
    assert.match(uhd, /3840x2160 is more than 1920x1088/);

    // Back-off: after 2, 8, 32 and 128 seconds, so hardly ever in so short a time.
    for (const one of bad) assert.ok(complaints(house, one).length <= 5, complaints(house, one).join('\n'));
    const { contents, video } = await status();
    assert.equal(contents.fault, 'film_broken');
    assert.ok(bad.some(({ sha256 }) => sha256 === contents.broken), contents.broken);
    await until('the cloud to know', () => execFileSync('sqlite3', [house.at('cloud/machiai.db'), 'SELECT fault FROM programme_device']).toString().includes('film_broken'), { seconds: 30 });
    const seen = await watch.end();
    assert.equal(seen.dark, 0, JSON.stringify(seen));
    console.log(`player ${pid === video.pid ? 'lived' : 'was replaced'}; ${bad.map((one) => complaints(house, one)[0] ?? `${one.name}: played`).join('\n')}`);
  });
});
