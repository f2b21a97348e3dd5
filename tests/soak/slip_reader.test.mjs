// The reader of slips reads what stands on them, tells torn paper from a slip, and a further slip by its band.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { encodePng } from '../fake/printer_png.mjs';
import { run } from '../../cmake/try/process.mjs';
import { SlipReader } from './slip_reader.mjs';

const tool = path.join(process.env.MACHIAI_BUILD, 'tests/soak/glyph_tool');
const EVERY = 6; // of the figures: a picture takes a while
const ABOVE_NUMBER = 150, WITHIN_NUMBER = 350; // rows; the number stands between the two lines

test('numbers, whole and torn', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'machiai-reader-'));
  try {
    const reader = await SlipReader.create(tool);
    const lines = (await run(tool, [dir])).trim().split('\n').map((text) => JSON.parse(text));
    for (const line of lines.filter((_, i) => i % EVERY === 0)) {
      const bits = await readFile(path.join(dir, `${line.text}.bits`));
      const rows = Array.from({ length: line.height }, (_, y) => bits.subarray(y * line.stride, (y + 1) * line.stride));
      const read = async (some) => {
        const file = path.join(dir, 'slip.png');
        await writeFile(file, encodePng(some, line.width));
        return (await reader.read([file]))[0];
      };
      const whole = await read(rows);
      assert.deepEqual([whole.number, whole.torn, whole.code, whole.band], [line.text, false, '', false]);
      for (const end of [ABOVE_NUMBER, WITHIN_NUMBER]) {
        const torn = await read(rows.slice(0, end));
        assert.deepEqual([torn.number, torn.torn], ['', true], `${line.text} torn after ${end} rows`);
      }
      const band = rows.map((row, y) => (y >= 20 && y < 90 ? Buffer.alloc(row.length, 255) : row));
      assert.equal((await read(band)).band, true);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
