// Every layout of the slip, in every language, on both papers: what an independent reader makes of
// the bytes at the printer is what was drawn, dot for dot.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { decoded } from './npos.mjs';
import * as rig from './rig.mjs';
import { Backend, Printer, place, uuid } from './rig.mjs';

after(rig.cleanUp);

const LANGUAGES = 7, PAPERS = 2, KINDS = 9;

function drawn() {
  const dir = place('drawn');
  const lines = execFileSync(process.env.MACHIAI_SLIP_TOOL, [dir], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => JSON.parse(line)).map((slip) => ({ ...slip, bits: readFileSync(join(dir, `${slip.name}.bits`)) }));
}

const ink = (bits) => bits.some((byte) => byte !== 0);

describe('npos reads what slip_draw drew', () => {
  const slips = drawn();

  it('draws all of them, no two alike but easy Japanese, whose slip is the Japanese one, and tests', () => {
    assert.equal(slips.length, LANGUAGES * PAPERS * KINDS);
    const others = slips.filter((slip) => !slip.name.startsWith('ja-easy') &&
      (!slip.name.endsWith('-test') || slip.name.startsWith('ja-')));
    assert.equal(new Set(others.map((slip) => slip.bits.toString('base64'))).size, others.length);
    for (const slip of slips) assert.ok(ink(slip.bits), slip.name);
  });

  for (const dots of [576, 384]) {
    it(`on paper of ${dots} dots`, async () => {
      const printer = await Printer.start({ keepBytes: true, dots });
      const cache = Backend.cache();
      let count = 0;
      for (const slip of slips.filter((one) => one.width === dots)) {
        const run = await Backend.run({ uri: printer.uri, cache, uuid: uuid(), job: await rig.encode(slip) });
        assert.equal(run.code, 0, `${slip.name}: ${run.text}`);
        const name = `slip-${String(++count).padStart(4, '0')}`;
        const seen = await decoded(readFileSync(join(printer.out, `${name}.bin`)));
        assert.deepEqual([seen.width, seen.height], [slip.width, slip.height], slip.name);
        assert.ok(seen.bits.equals(slip.bits), `${slip.name}: every dot`);
        assert.equal(seen.commands.filter((command) => command === 'V').length, 1, `${slip.name}: one cut`);
      }
      assert.equal(count, slips.length / PAPERS);
    });
  }
});
