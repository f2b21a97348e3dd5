// drivers/printer.h through a real private cupsd and the real backend, against virtual printers.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as rig from './rig.mjs';
import { Client, Cupsd, Printer, Throttle, makePicture, sleep, until, uuid } from './rig.mjs';

const EHOSTUNREACH = -113;
const ETIMEDOUT = -110;
const picture = makePicture();
let job;
let cupsd;
let queues = 0;

before(async () => {
  job = await rig.encode(picture);
  cupsd = Cupsd.start();
});
after(rig.cleanUp);

// A printer with a queue of its own on the common cupsd (or on another one).
async function setting({ server = cupsd, through, ...options } = {}) {
  const printer = await Printer.start(options);
  const line = through && (await through(printer));
  const queue = `q${++queues}`;
  const uri = line?.uri ?? printer.uri;
  const client = Client.start({ server: server.socket, queue, uri });
  const { error } = await client.ask('setup');
  assert.equal(error, 0);
  return { printer, line, queue, uri, client };
}

const restarted = ({ queue, uri }, server = cupsd, timeout = 2000) =>
  Client.start({ server: server.socket, queue, uri, timeout });

describe('a slip', { concurrency: 2 }, () => {
  it('printed, followed, found again', async () => {
    const { client, printer, queue, uri } = await setting();
    const title = uuid();
    const sent = await client.ask('submit', title, job);
    assert.equal(sent.error, 0);
    assert.match(sent.uuid, /^urn:uuid:/);
    const fate = await client.fate(sent);
    assert.deepEqual([fate.outcome, fate.reasons], ['printed', 'none']);
    assert.equal(printer.whole(picture), 1);

    const later = restarted({ queue, uri });
    const found = await later.ask('find', title);
    assert.deepEqual([found.error, found.id, found.uuid], [1, sent.id, sent.uuid]);
    assert.equal((await later.ask('find', uuid())).error, 0, 'another title');
    assert.equal((await later.ask('outcome', 99999, sent.uuid)).outcome, 'unknown');
    assert.equal((await later.ask('outcome', sent.id, 'urn:uuid:another')).outcome, 'unknown', 'id given again');
  });

  it('the newest job of a title', async () => {
    const { client } = await setting();
    const title = uuid();
    const first = await client.ask('submit', title, job);
    await client.fate(first);
    const second = await client.ask('submit', title, job);
    assert.ok(second.id > first.id);
    assert.equal((await client.ask('find', title)).id, second.id);
    await client.fate(second);
    assert.equal((await client.ask('find', title)).id, second.id);
  });

  it('a malformed job: failed, nothing printed', async () => {
    const { client, printer } = await setting();
    const path = join(rig.place('bad'), 'job');
    writeFileSync(path, 'Hello, printer!\n');
    const fate = await client.fate(await client.ask('submit', uuid(), path));
    assert.equal(fate.outcome, 'failed');
    assert.equal((await printer.state()).connections, 0);
    assert.match(readFileSync(join(cupsd.dir, 'log/error_log'), 'utf8'), /does not begin with ESC @/);
  });

  it('setting up what is there changes nothing', async () => {
    const { client, queue } = await setting();
    const file = join(cupsd.dir, 'printers.conf');
    const config = () => new RegExp(`<Printer ${queue}>[^]*?</Printer>`).exec(readFileSync(file, 'utf8'))?.[0];
    const before = await until('the queue on disk', config);
    assert.match(before, /ErrorPolicy abort-job/);
    assert.equal((await client.ask('setup')).error, 0);
    await sleep(200);
    assert.equal(config(), before);
  });
});

describe('a printer that fails', { concurrency: 3 }, () => {
  const cases = { paper_out: 'media-empty-error', cover_open: 'cover-open-error', error: 'other-error',
    offline: 'offline-report', refuse: 'offline-report' };
  for (const [mode, reason] of Object.entries(cases)) {
    it(`${mode}: the job fails with ${reason}, the state says so, and recovery shows by itself`, async () => {
      const { client, printer } = await setting({ mode });
      const begun = Date.now();
      const sent = await client.ask('submit', uuid(), job);
      await until('the reason while the job waits', async () => (await client.ask('state')).reasons === reason, 4000);
      const fate = await client.fate(sent);
      assert.ok(Date.now() - begun < 10000);
      assert.deepEqual([fate.outcome, fate.reasons], ['failed', reason]);
      assert.equal((await client.ask('state')).reasons, reason);
      await printer.set('ok');
      await until('recovery', async () => (await client.ask('state')).reasons === 'none', 5000);
      assert.equal(printer.slips().length, 0);
      const next = await client.fate(await client.ask('submit', uuid(), job));
      assert.deepEqual([next.outcome, next.reasons], ['printed', 'none']);
    });
  }

  it('an idle one is noticed without any job', async () => {
    const { client, printer } = await setting();
    assert.equal((await client.ask('state')).reasons, 'none');
    for (const [mode, reason] of Object.entries({ near_end: 'media-low-warning', ...cases, hang: 'offline-report' })) {
      await printer.set(mode);
      const state = await client.ask('state');
      assert.equal(state.reasons, reason, mode);
      assert.ok(state.ms < 3000, `${mode}: ${state.ms} ms`);
    }
    await printer.set('ok');
    assert.equal((await client.ask('state')).reasons, 'none');
  });

  it('one that falls silent before its first slip: no slip, and not taken for a mute one', async () => {
    const { client, printer } = await setting();
    assert.equal((await client.ask('state')).reasons, 'none');
    await printer.set('hang');
    const fate = await client.fate(await client.ask('submit', uuid(), job));
    assert.deepEqual([fate.outcome, fate.reasons], ['failed', 'offline-report']);
    await printer.set('ok');
    assert.equal((await client.fate(await client.ask('submit', uuid(), job))).outcome, 'printed');
  });

  it('a mute one counts as well, and is not asked all the time', async () => {
    const { client } = await setting({ mode: 'mute' });
    const fate = await client.fate(await client.ask('submit', uuid(), job));
    assert.equal(fate.outcome, 'printed');
    assert.equal((await client.ask('state')).reasons, 'none');
    const state = await client.ask('state');
    assert.equal(state.reasons, 'none');
    assert.ok(state.ms < 700, `${state.ms} ms`); // asking would take 800
  });

  it('one that vanishes in the middle: unknown, offline, back again', async () => {
    const { client, printer } = await setting({ mode: 'vanish' });
    const fate = await client.fate(await client.ask('submit', uuid(), job));
    assert.deepEqual([fate.outcome, fate.reasons], ['unknown', 'offline-report']);
    assert.equal((await client.ask('state')).reasons, 'offline-report');
    await printer.set('ok');
    assert.equal((await client.ask('state')).reasons, 'none');
    assert.equal((await client.fate(await client.ask('submit', uuid(), job))).outcome, 'printed');
    assert.equal(printer.whole(picture), 1);
  });
});

describe('a queue that somebody has spoilt', () => {
  it('deleted: the next job makes it again', async () => {
    const { client, queue } = await setting();
    cupsd.command('lpadmin', '-x', queue);
    assert.equal((await client.fate(await client.ask('submit', uuid(), job))).outcome, 'printed');
  });

  it('rejecting: the next job mends it', async () => {
    const { client, queue } = await setting();
    cupsd.command('cupsreject', queue);
    assert.equal((await client.fate(await client.ask('submit', uuid(), job))).outcome, 'printed');
  });

  it('stopped: the job that waits in it is printed', async () => {
    const { printer, client, queue } = await setting();
    cupsd.command('cupsdisable', queue);
    const sent = await client.ask('submit', uuid(), job);
    assert.equal(sent.error, 0);
    assert.equal((await client.fate(sent)).outcome, 'printed');
    assert.equal(printer.whole(picture), 1);
  });

  it('stopped, deleted: mended by asking for the state', async () => {
    const { client, queue } = await setting();
    cupsd.command('cupsdisable', queue);
    const sent = await client.ask('submit', uuid(), job);
    assert.equal((await client.ask('outcome', sent.id, sent.uuid)).outcome, 'pending');
    const { accepting, stopped } = await client.ask('state');
    assert.deepEqual([accepting, stopped], [true, false]);
    assert.equal((await client.fate(sent)).outcome, 'printed');
    cupsd.command('lpadmin', '-x', queue);
    assert.equal((await client.ask('state')).accepting, true);
  });

  it('of another policy and device: mended by setting up', async () => {
    const { client, queue, printer } = await setting();
    cupsd.command('lpadmin', '-p', queue, '-v', 'escpos://127.0.0.1:9', '-o', 'printer-error-policy=stop-printer');
    assert.equal((await client.ask('setup')).error, 0);
    await client.fate(await client.ask('submit', uuid(), job));
    assert.equal(printer.whole(picture), 1);
  });

  it('a URI whose backend cupsd does not have: refused in words', async () => {
    const client = Client.start({ server: cupsd.socket, queue: 'bad', uri: 'nosuch://127.0.0.1:9' });
    assert.equal((await client.ask('setup')).error, -71); // EPROTO
  });
});

describe('what is killed in the middle', () => {
  it('the backend, at five points: unknown, one valid slip at most, and printing goes on', async () => {
    const { client, printer, line } = await setting({ through: Throttle.start });
    const other = makePicture(576, 300, 7);
    const next = await rig.encode(other);
    const size = readFileSync(job).length;
    for (let i = 0; i < 5; i++) {
      // From before the first byte of the slip to the question behind the cut.
      line.limit = i === 0 ? 0 : 12 + Math.round(((size + 15) * i) / 4);
      line.passed = -1; // until the job's own connection
      const slips = printer.whole(picture);
      const sent = await client.ask('submit', uuid(), job);
      const [pid] = await until('the backend', () => {
        const pids = cupsd.backends();
        return line.passed >= line.limit && pids.length > 0 && pids;
      });
      process.kill(pid, 'SIGKILL');
      line.limit = Infinity;
      const fate = await client.fate(sent);
      // cupsd calls such a job completed.
      assert.ok(fate.outcome === 'unknown' || (fate.outcome === 'failed' && i === 0), `point ${i}: ${fate.outcome}`);
      assert.equal((await client.fate(await client.ask('submit', uuid(), next))).outcome, 'printed');
      assert.equal(printer.whole(other), i + 1);
      assert.ok(printer.whole(picture) <= slips + 1);
    }
  });

  it('cupsd, at five points: after its return at most one slip, and the job is not called failed', async () => {
    const own = Cupsd.start();
    const at = await setting({ server: own, mode: 'slow' });
    for (const delay of [0, 30, 200, 900, 2000]) {
      const slips = at.printer.whole(picture);
      const title = uuid();
      const sent = await at.client.ask('submit', title, job);
      assert.equal(sent.error, 0);
      await sleep(delay);
      own.kill('SIGKILL');
      await at.printer.set('ok'); // what is in the printer comes out
      await until('the backend to end', () => own.backends().length === 0);
      own.again();
      const found = await at.client.ask('find', title);
      assert.ok(found.error >= 0);
      if (found.error === 1) {
        const fate = await at.client.fate(found);
        assert.ok(['printed', 'unknown'].includes(fate.outcome), `${delay} ms: ${fate.outcome}`);
        if (fate.outcome === 'printed') assert.equal(at.printer.whole(picture), slips + 1);
      }
      assert.ok(at.printer.whole(picture) <= slips + 1, `${delay} ms: printed twice`);
      await at.printer.set('slow');
    }
  });
});

describe('cupsd itself', () => {
  it('hangs: every call ends in time, and all is well when it goes on', async () => {
    const own = Cupsd.start();
    const at = await setting({ server: own });
    const hasty = restarted(at, own, 400);
    assert.equal((await hasty.ask('state')).reachable, true);
    own.kill('SIGSTOP');
    for (const [command, want] of [['setup', ETIMEDOUT], ['find', ETIMEDOUT], ['outcome', ETIMEDOUT]]) {
      const answer = await hasty.ask(command, 1, 'x');
      assert.equal(answer.error, want, command);
      assert.ok(answer.ms < 2500, `${command} took ${answer.ms} ms`);
    }
    const sent = await hasty.ask('submit', uuid(), job);
    assert.equal(sent.error, ETIMEDOUT);
    assert.ok(sent.ms < 2500, `submit took ${sent.ms} ms`);
    const state = await hasty.ask('state');
    assert.deepEqual([state.error, state.reachable, state.reasons], [0, false, '']);
    own.kill('SIGCONT');
    await until('cupsd again', async () => (await hasty.ask('state')).reachable);
    assert.equal((await hasty.fate(await hasty.ask('submit', uuid(), job))).outcome, 'printed');
  });

  it('is gone: told at once; back again: the kept connection is made anew', async () => {
    const own = Cupsd.start();
    const at = await setting({ server: own });
    const title = uuid();
    const sent = await at.client.ask('submit', title, job);
    await at.client.fate(sent);
    own.stop();
    for (const command of ['setup', 'find', 'outcome']) {
      const answer = await at.client.ask(command, 1, 'x');
      assert.equal(answer.error, EHOSTUNREACH, command);
      assert.ok(answer.ms < 1500, `${command} took ${answer.ms} ms`);
    }
    assert.equal((await at.client.ask('submit', uuid(), job)).error, EHOSTUNREACH);
    assert.equal((await at.client.ask('state')).reachable, false);
    own.again();
    assert.equal((await at.client.ask('find', title)).id, sent.id, 'it remembers the job');
    assert.equal((await at.client.ask('outcome', sent.id, sent.uuid)).outcome, 'printed');
    assert.equal((await at.client.fate(await at.client.ask('submit', uuid(), job))).outcome, 'printed');
  });

  it('listens to nothing but its socket, and leaves nothing behind', () => {
    const own = Cupsd.start();
    const inodes = readdirSync(`/proc/${own.pid}/fd`).map((fd) => {
      try {
        return statSync(`/proc/${own.pid}/fd/${fd}`).ino;
      } catch {
        return 0;
      }
    });
    for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
      const rows = readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1);
      const ours = rows.map((row) => Number(row.trim().split(/\s+/)[9])).filter((inode) => inode && inodes.includes(inode));
      assert.deepEqual(ours, [], table);
    }
    const { pid } = own;
    own.stop();
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.throws(() => own.pid, { code: 'ENOENT' });
  });

  it('says what is wrong with a directory', () => {
    const own = Cupsd.start();
    assert.throws(() => own.again(), /Command failed/, 'started twice');
    assert.throws(() => Cupsd.start(rig.place('x'.repeat(120))), /Command failed/, 'a path too long for a socket');
    assert.throws(() => Cupsd.start(rig.place('a b')), /Command failed/, 'a path with a space');
    assert.throws(() => Cupsd.start(rig.place('none'), '/nonexistent/escpos'), /Command failed/, 'no backend');
  });
});
