// The eye before the display is tried with a frame buffer of our own: it tells each film's frames and the dark, and
// takes a picture that the server is half through with for none.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../cmake/try/process.mjs';
import { Watch } from '../bench/seen.mjs';

const WIDTH = 320, HEIGHT = 180, HEADER = 100, CELLS = 16, STRIP = HEIGHT / 18;
const dir = mkdtempSync(path.join(tmpdir(), 'machiai-glass-'));
test.after(() => rmSync(dir, { recursive: true }));

/** One row of the strip: white, black, four bits of the clip, ten of the frame. */
function cells(clip, frame) {
  const bits = [1, 0, ...clip.toString(2).padStart(4, '0'), ...frame.toString(2).padStart(10, '0')].map(Number), row = Buffer.alloc(WIDTH * 4);
  for (let x = 0; x < WIDTH; x++) row.fill(bits[Math.floor(x * CELLS / WIDTH)] ? 235 : 16, x * 4, x * 4 + 4);
  return row;
}

function display() {
  const file = path.join(dir, 'screen'), fd = openSync(file, 'w'), header = Buffer.alloc(HEADER);
  header.writeUInt32BE(HEADER, 0);
  header.writeUInt32BE(WIDTH * 4, 12 * 4);
  writeSync(fd, header, 0, HEADER, 0);
  const row = (y, bytes) => writeSync(fd, bytes, 0, bytes.length, HEADER + y * WIDTH * 4);
  for (let y = 0; y < HEIGHT; y++) row(y, Buffer.alloc(WIDTH * 4, y < STRIP ? 16 : 99));
  return { file, rows: (from, to, bytes) => { for (let y = from; y < to; y++) row(y, bytes); } };
}

test('glass: frames are told once they are whole, and the dark', async () => {
  const { file, rows } = display(), old = cells(1, 76), next = cells(2, 0);
  rows(0, STRIP, old);
  const watch = new Watch(path.join(process.env.MACHIAI_BUILD, 'tests/system/glass'), file, [0, 0, WIDTH, HEIGHT]);
  const told = (what) => until(`the eye's ${what}`, () => watch.seen.some((one) => one.what === what));
  await told('f');
  // The copy has come to the middle of a row: the clip of the new film, and four bits of the former one's frame.
  const torn = Buffer.concat([next.subarray(0, 9 * WIDTH / CELLS * 4), old.subarray(9 * WIDTH / CELLS * 4)]);
  rows(0, 1, next);
  rows(1, STRIP / 2, torn);
  rows(STRIP, HEIGHT, Buffer.alloc(WIDTH * 4, 0)); // not dark: the strip is bright
  await new Promise((resolve) => setTimeout(resolve, 50));
  rows(0, STRIP, next);
  await until('the next film', () => watch.seen.some(({ clip }) => clip === 2));
  rows(0, STRIP, Buffer.alloc(WIDTH * 4, 0));
  await told('dark');
  const { dark, boundaries } = await watch.end();
  assert.equal(dark, 1);
  assert.deepEqual(watch.seen.filter(({ what }) => what === 'f').map(({ clip, frame }) => [clip, frame]), [[1, 76], [2, 0]]);
  assert.equal(boundaries.length, 1);
});
