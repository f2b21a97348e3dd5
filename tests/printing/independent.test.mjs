// Programs that know nothing of ours: npos reads the bytes that reached the printer back into a
// picture, receiptio asks our virtual printer how it is, so that both ends are held to the same
// published commands.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { decoded } from './npos.mjs';
import * as rig from './rig.mjs';
import { Backend, Printer, makePicture, sleep, uuid } from './rig.mjs';

const modules = process.env.MACHIAI_PRINTING_NPM;
after(rig.cleanUp);

describe('npos', () => {
  for (const [width, height] of [[576, 458], [384, 300], [576, 1]]) {
    it(`reads a slip of ${width} x ${height} dots as it was drawn`, async () => {
      const picture = makePicture(width, height, width + height);
      const printer = await Printer.start({ keepBytes: true });
      const run = await Backend.run({ uri: printer.uri, cache: Backend.cache(), uuid: uuid(), job: await rig.encode(picture) });
      assert.equal(run.code, 0, run.text);
      const slip = await decoded(readFileSync(join(printer.out, 'slip-0001.bin')));
      assert.deepEqual([slip.width, slip.height], [width, height]);
      assert.ok(slip.bits.equals(picture.bits), 'every dot');
      assert.ok(slip.commands.includes('V'), 'a cut');
    });
  }
});

describe('receiptio', () => {
  it('hears the same states from the virtual printer', async () => {
    // It asks port 9100 only: an address of this test's own keeps others away.
    const host = `127.${(process.pid >> 16) & 127 | 64}.${(process.pid >> 8) & 255}.${process.pid & 255}`;
    const printer = await Printer.start({ host, port: 9100 });
    const words = { ok: 'online', near_end: 'online', paper_out: 'paperempty', cover_open: 'coveropen', error: 'error', refuse: 'disconnect' };
    const ask = async () => {
      const program = join(modules, 'node_modules/receiptio/bin/cli.js');
      // Its exit status is the state's number, so node takes every answer for an error.
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, '-q', '-d', host, '-p', 'escpos'])
        .catch((error) => error);
      return `${stdout}${stderr}`.trim();
    };
    for (const [mode, word] of Object.entries(words)) {
      await printer.set(mode);
      assert.equal(await ask(), word, mode);
      await sleep(20);
    }
  });
});
