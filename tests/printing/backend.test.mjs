// The backend `escpos` alone, started as cupsd starts it, against the virtual printer.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as rig from './rig.mjs';
import { BACKEND, Backend, Printer, Throttle, makePicture, sleep, until, uuid } from './rig.mjs';

const STANDS = '+machiai-unconfirmed-report';
const LIFTED = '-machiai-unconfirmed-report';
const picture = makePicture();
let job;

before(async () => {
  job = await rig.encode(picture);
});
after(rig.cleanUp);

// A printer, and what a backend needs to print on it.
async function setting(options) {
  const printer = await Printer.start(options);
  return { printer, uri: printer.uri, cache: Backend.cache(), job };
}

describe('a printer that can print', { concurrency: 2 }, () => {
  it('lists itself without arguments', () => {
    assert.match(execFileSync(BACKEND, { encoding: 'utf8' }), /^network escpos "[^"]+" "[^"]+"\n$/);
  });

  it('prints every dot once, and lifts the mark only when confirmed', async () => {
    const at = await setting();
    const run = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(run.code, 0, run.text);
    assert.deepEqual(run.text.split('\n'), [`STATE: ${STANDS}`, 'PAGE: 1 1', `STATE: ${LIFTED}`]);
    assert.equal(at.printer.whole(picture), 1);
    const state = await at.printer.state();
    assert.deepEqual([state.text, state.unknown], [0, 0], 'no byte was taken for text');
  });

  it('reads the job from standard input, too', async () => {
    const at = await setting();
    const run = await Backend.run({ ...at, uuid: uuid(), stdin: true });
    assert.equal(run.code, 0, run.text);
    assert.equal(at.printer.whole(picture), 1);
  });

  it('prints on a low roll and says so', async () => {
    const at = await setting({ mode: 'near_end' });
    const run = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(run.code, 0, run.text);
    assert.match(run.text, /^STATE: \+media-low-warning$/m);
    assert.equal(at.printer.whole(picture), 1);
  });

  it('clears what earlier jobs left of its own words, and nothing else', async () => {
    const at = await setting();
    const reasons = 'media-empty-error,cups-remote-stopped,offline-report';
    const run = await Backend.run({ ...at, uuid: uuid(), reasons });
    const cleared = run.text.split('\n').filter((line) => line.startsWith('STATE: -'));
    assert.deepEqual(cleared.sort(), [`STATE: ${LIFTED}`, 'STATE: -media-empty-error', 'STATE: -offline-report'].sort());
  });

  it('prints through a device file', async () => {
    const at = await setting();
    const uri = await rig.bridge(at.printer);
    const run = await Backend.run({ ...at, uri, uuid: uuid() });
    assert.equal(run.code, 0, run.text);
    assert.equal(at.printer.whole(picture), 1);
    assert.equal(rig.status(uri).reasons, 'none');
  });

  it('waits for a slow one', async () => {
    const at = await setting({ mode: 'slow' });
    const run = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(run.code, 0, run.text);
    assert.ok(run.ms > 2000, 'it did not wait for the confirmation');
    assert.equal(at.printer.whole(picture), 1);
  });
});

describe('a printer that cannot print gets nothing', { concurrency: 4 }, () => {
  const reasons = { paper_out: 'media-empty-error', cover_open: 'cover-open-error', error: 'other-error',
    offline: 'offline-report', refuse: 'offline-report' };
  for (const [mode, reason] of Object.entries(reasons)) {
    it(mode, async () => {
      const at = await setting({ mode });
      const backend = Backend.start({ ...at, uuid: uuid() });
      const run = await backend.done;
      assert.equal(run.code, 1, run.text);
      // Limits are wide, since test machines are busy; told at once and not at the end is the point.
      assert.ok(backend.said(`STATE: +${reason}`) < run.ms - 1500, `late: ${run.text}`);
      assert.ok(run.ms < 10000, `it took ${run.ms} ms`);
      assert.ok(!run.text.includes(STANDS) && !run.text.includes('PAGE:'));
      await at.printer.set('ok');
      await sleep(100); // what it had taken would be printed now
      const state = await at.printer.state();
      assert.deepEqual([at.printer.slips().length, state.uncut_rows, state.waiting], [0, 0, 0]);
    });
  }

  it('one that has answered before and is silent now', async () => {
    const at = await setting();
    assert.equal((await Backend.run({ ...at, uuid: uuid() })).code, 0);
    await at.printer.set('hang');
    const run = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(run.code, 1, run.text);
    assert.match(run.text, /^STATE: \+offline-report$/m);
    assert.ok(run.ms < 10000, `it took ${run.ms} ms`);
    assert.ok(!run.text.includes(STANDS));
  });

  it('one that has answered the client and is silent at its first slip', async () => {
    const at = await setting({ mode: 'hang' });
    const run = await Backend.run({ ...at, options: `job-uuid=urn:uuid:${uuid()} machiai-heard=1` });
    assert.equal(run.code, 1, run.text);
    assert.match(run.text, /^STATE: \+offline-report$/m);
    assert.ok(run.ms < 10000, `it took ${run.ms} ms`);
    assert.ok(!run.text.includes(STANDS), 'nothing of it went out');
  });

  it('until it can: a roll put in within the wait', async () => {
    const at = await setting({ mode: 'paper_out' });
    const backend = Backend.start({ ...at, uuid: uuid() });
    await until('the reason', () => backend.said('+media-empty-error') !== undefined);
    await at.printer.set('ok');
    const run = await backend.done;
    assert.equal(run.code, 0, run.text);
    assert.match(run.text, /^STATE: -media-empty-error$/m);
    assert.equal(at.printer.whole(picture), 1);
  });
});

describe('a printer of few words', { concurrency: 3 }, () => {
  it('mute: learnt once, then printed on without waiting', async () => {
    const at = await setting({ mode: 'mute' });
    const first = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(first.code, 0, first.text);
    assert.match(first.text, /^WARNING: This printer never confirms/m);
    const second = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(second.code, 0, second.text);
    assert.ok(second.ms < 3500, `it waited ${second.ms} ms again`);
    await until('both slips', () => at.printer.whole(picture) === 2); // nobody says when
  });

  it('mute once, heard again later: believed again', async () => {
    const at = await setting({ mode: 'mute' });
    assert.equal((await Backend.run({ ...at, uuid: uuid() })).code, 0);
    await at.printer.set('paper_out');
    const run = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(run.code, 1, run.text);
    assert.match(run.text, /\+media-empty-error/);
  });

  for (const [without, limit] of [['process_id', 2500], ['process_id,asb', 2500], ['process_id,paper', 3500]]) {
    it(`without ${without}: learnt at the first slip`, async () => {
      const at = await setting({ without });
      const first = await Backend.run({ ...at, uuid: uuid() });
      assert.equal(first.code, 0, first.text);
      const second = await Backend.run({ ...at, uuid: uuid() });
      assert.equal(second.code, 0, second.text);
      assert.ok(second.ms < limit, `it waited ${second.ms} ms again`);
      await until('both slips', () => at.printer.whole(picture) === 2);
    });
  }
});

describe('a slip that goes wrong half way', { concurrency: 4 }, () => {
  it('vanished: unconfirmed, and never sent again', async () => {
    const at = await setting({ mode: 'vanish' });
    const id = uuid();
    const run = await Backend.run({ ...at, uuid: id });
    assert.equal(run.code, 1, run.text);
    assert.match(run.text, /^ERROR: The printer went away/m);
    assert.match(run.text, /\+offline-report/);
    assert.ok(run.text.includes(STANDS) && !run.text.includes(LIFTED) && !run.text.includes('PAGE:'));
    await at.printer.set('ok');
    const { connections } = await at.printer.state();
    const again = await Backend.run({ ...at, uuid: id });
    assert.equal(again.code, 1);
    assert.ok(again.text.includes(STANDS));
    assert.equal((await at.printer.state()).connections, connections, 'it did not even connect');
    assert.equal(at.printer.whole(picture), 0);
  });

  it('a device file whose plug is pulled: offline, unconfirmed, never sent again; plugged in again, it prints', async () => {
    const at = await setting({ mode: 'slow' });
    const { uri, unplug } = await rig.plugged(at.printer);
    const id = uuid();
    const backend = Backend.start({ ...at, uri, uuid: id });
    await until('some rows', async () => (await at.printer.state()).uncut_rows > 0);
    unplug();
    const run = await backend.done;
    assert.equal(run.code, 1, run.text);
    assert.match(run.text, /^ERROR: The printer went away/m);
    assert.match(run.text, /^STATE: \+offline-report/m);
    assert.ok(run.text.includes(STANDS) && !run.text.includes(LIFTED) && !run.text.includes('PAGE:'));
    const gone = await Backend.run({ ...at, uri, uuid: uuid() });
    assert.equal(gone.code, 1, gone.text);
    assert.match(gone.text, /^STATE: \+offline-report/m);
    await at.printer.set('ok');
    const again = await rig.plugged(at.printer);
    assert.equal((await Backend.run({ ...at, uri: again.uri, uuid: id })).code, 1, 'not a second time');
    const next = await Backend.run({ ...at, uri: again.uri, uuid: uuid() });
    assert.equal(next.code, 0, next.text);
    assert.ok(at.printer.slips().length >= 1);
  });

  for (const without of ['', 'asb']) {
    it(`paper out in the middle${without && ` without ${without}`}: soon known, the torn piece cut off`, async () => {
      const at = await setting({ mode: 'slow', without });
      const backend = Backend.start({ ...at, uuid: uuid() });
      await until('some rows', async () => (await at.printer.state()).uncut_rows > 0);
      await at.printer.set('paper_out');
      const since = Date.now();
      await until('the reason', () => backend.said('+media-empty-error') !== undefined, 5000);
      const run = await backend.done;
      assert.ok(Date.now() - since < 8000, `known after ${Date.now() - since} ms`);
      assert.equal(run.code, 1, run.text);
      assert.ok(run.text.includes(STANDS) && !run.text.includes(LIFTED));
      await at.printer.set('ok');
      const next = await Backend.run({ ...at, uuid: uuid() });
      assert.equal(next.code, 0, next.text);
      assert.ok(at.printer.whole(picture) >= 1, 'the next slip is whole, not glued to the torn one');
    });
  }

  it('killed at 20 points: never printed twice, and the next slip is whole', async () => {
    const at = await setting();
    const line = await Throttle.start(at.printer);
    const other = makePicture(576, 300, 7);
    const next = await rig.encode(other);
    const size = readFileSync(job).length;
    for (let i = 0; i < 20; i++) {
      // From the first byte of the slip (behind four questions) to the question behind the cut.
      line.limit = 12 + Math.round(((size + 15) * i) / 19);
      const slips = at.printer.whole(picture);
      const id = uuid();
      const backend = Backend.start({ ...at, uri: line.uri, uuid: id });
      await until('the begin', () => line.passed >= line.limit && backend.said(STANDS) !== undefined);
      backend.child.kill('SIGKILL');
      assert.equal((await backend.done).signal, 'SIGKILL');
      line.limit = Infinity;
      const again = await Backend.run({ ...at, uri: line.uri, uuid: id });
      // At the last point the confirmation may have come first.
      const confirmed = again.code === 0 && again.text.includes('PAGE: 1 1');
      assert.ok(confirmed ? at.printer.whole(picture) === slips + 1 : again.code === 1, again.text);
      const run = await Backend.run({ ...at, uri: line.uri, uuid: uuid(), job: next });
      assert.equal(run.code, 0, `point ${i}: ${run.text}`);
      assert.equal(at.printer.whole(other), i + 1, `the slip after point ${i}`);
      assert.ok(at.printer.whole(picture) <= slips + 1, `point ${i} printed twice`);
    }
    const state = await at.printer.state();
    assert.deepEqual([state.text, state.unknown], [0, 0]);
  });
});

describe('what is not sent at all', { concurrency: 4 }, () => {
  it('a job that was confirmed: success, without a second slip', async () => {
    const at = await setting();
    const id = uuid();
    assert.equal((await Backend.run({ ...at, uuid: id })).code, 0);
    const again = await Backend.run({ ...at, uuid: id });
    assert.equal(again.code, 0);
    assert.match(again.text, /^PAGE: 1 1$/m);
    assert.equal(at.printer.slips().length, 1);
  });

  it('malformed jobs', async () => {
    const at = await setting();
    const good = readFileSync(job);
    const patched = (offset, ...bytes) => {
      const copy = Buffer.from(good);
      Buffer.from(bytes).copy(copy, offset);
      return copy;
    };
    const bad = {
      empty: Buffer.alloc(0),
      text: Buffer.from('hello\n'),
      'cut short': good.subarray(0, good.length - 1),
      'more behind the cut': Buffer.concat([good, Buffer.from([0])]),
      'no picture': Buffer.concat([good.subarray(0, 2), good.subarray(good.length - 7)]),
      'a strip too tall': patched(8, 129, 0),
      'a strip too wide': patched(6, 73, 0),
      'an empty strip': patched(8, 0, 0),
      'another command between strips': Buffer.concat([good.subarray(0, 2), Buffer.from([0x1b, 0x70, 0, 1, 1]), good.subarray(2)]),
      'too long': Buffer.alloc(300 * 1024, 0x1b),
    };
    const path = join(rig.place('bad'), 'job');
    for (const [what, bytes] of Object.entries(bad)) {
      writeFileSync(path, bytes);
      const run = await Backend.run({ ...at, uuid: uuid(), job: path });
      assert.equal(run.code, 1, what);
      assert.match(run.text, /^ERROR: (Refused, nothing was sent: .+ at byte \d+\.|The job cannot be read: .+)$/m, what);
    }
    const state = await at.printer.state();
    assert.equal(state.connections, 0);
  });

  it('a job without a UUID, a URI of another kind, a cache that cannot be written', async () => {
    const at = await setting();
    const cases = [
      [{ options: 'finishings=3' }, /No job-uuid/],
      [{ options: 'x-job-uuid=urn:uuid:../../etc' }, /No job-uuid/],
      [{ options: 'job-uuid=urn:uuid:../../etc' }, /No job-uuid/],
      [{ uuid: uuid(), uri: 'escpos:/etc/passwd' }, /DEVICE_URI/],
      [{ uuid: uuid(), uri: 'escpos:/dev/../etc/passwd' }, /DEVICE_URI/],
      [{ uuid: uuid(), uri: 'escpos://127.0.0.1:99999' }, /DEVICE_URI/],
      [{ uuid: uuid(), cache: '/proc/nowhere' }, /CUPS_CACHEDIR/],
    ];
    for (const [change, message] of cases) {
      const run = await Backend.run({ ...at, ...change });
      assert.equal(run.code, 1);
      assert.match(run.text, message);
    }
    assert.equal((await at.printer.state()).connections, 0);
  });

  it('a marker that cannot be written: nothing goes out', async () => {
    const at = await setting();
    assert.equal((await Backend.run({ ...at, uuid: uuid() })).code, 0);
    rmSync(join(at.cache, 'escpos/jobs'), { recursive: true });
    symlinkSync('/nonexistent/jobs', join(at.cache, 'escpos/jobs')); // stops root, too
    const run = await Backend.run({ ...at, uuid: uuid() });
    assert.equal(run.code, 1);
    assert.match(run.text, /^ERROR: No marker could be written/m);
    assert.equal(at.printer.slips().length, 1);
  });
});

describe('watching an idle printer', { concurrency: 3 }, () => {
  const words = { ok: 'none', near_end: 'media-low-warning', paper_out: 'media-empty-error', cover_open: 'cover-open-error',
    error: 'other-error', offline: 'offline-report', hang: 'offline-report', refuse: 'offline-report' };
  it('says every state', async () => {
    const { printer } = await setting();
    for (const [mode, reasons] of Object.entries(words)) {
      await printer.set(mode);
      assert.equal(rig.status(printer.uri).reasons, reasons, mode);
    }
    assert.equal((await printer.state()).text, 0);
  });

  it('keeps away from a printer that prints', async () => {
    const at = await setting({ mode: 'slow' });
    const backend = Backend.start({ ...at, uuid: uuid() });
    await until('the begin', () => backend.said(STANDS) !== undefined);
    assert.deepEqual(rig.status(at.uri), { busy: true });
    assert.equal((await backend.done).code, 0);
    assert.equal((await at.printer.state()).connections, 1);
  });

  it('gives way to printing', async () => {
    const at = await setting({ mode: 'hang' });
    const watcher = new Promise((done, fail) => {
      execFile(BACKEND, ['--status', at.uri], (error, out) => (error ? fail(error) : done(out)));
    });
    await until('the watcher', async () => (await at.printer.state()).connections === 1);
    await at.printer.set('mute'); // as silent, but it prints
    const backend = Backend.start({ ...at, uuid: uuid() });
    assert.deepEqual(JSON.parse(await watcher), { busy: true });
    assert.equal((await backend.done).code, 0);
  });

  it('brings a printer back that was left inside a picture', async () => {
    const at = await setting({ mode: 'slow' });
    const backend = Backend.start({ ...at, uuid: uuid() });
    await until('the begin', () => backend.said(STANDS) !== undefined);
    backend.child.kill('SIGSTOP');
    backend.child.kill('SIGKILL');
    await backend.done;
    await at.printer.set('ok');
    assert.equal(rig.status(at.uri).reasons, 'none');
  });

  it('names a URI that is none', () => {
    assert.throws(() => execFileSync(BACKEND, ['--status', 'http://x'], { stdio: 'pipe' }), /not escpos:/);
  });
});
