// What a client was told is so, whatever happens to the server: SIGKILL at random under load, and a
// disk that fills up. The checker stands outside: it knows only what HTTP has answered.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CloudHouse, program, run, sleep, until, withCloud } from './clinics.mjs';

const CYCLES = 4, CLIENTS = 12, CLINICS = 3, DISK = '24m';

/** Asks for numbers until told to stop. told: ticket to {clinic, number}; unsure: asked, no answer. */
class Crowd {
  constructor(house, clinics) {
    Object.assign(this, { house, clinics, told: new Map(), unsure: new Map(), refused: [] });
  }

  async client() {
    while (!this.stop) {
      const ticket = randomUUID(), clinic = this.clinics[Math.floor(Math.random() * this.clinics.length)];
      await this.ask(clinic, ticket);
    }
  }

  async ask(clinic, ticket) {
    let answer;
    try {
      answer = await this.house.issue(clinic, ticket);
    } catch {
      this.unsure.set(ticket, clinic); // cut off: it may have been given, or not
      return;
    }
    if (answer.status === 201 || answer.status === 200) {
      this.told.set(ticket, { clinic, number: answer.json.number });
      this.unsure.delete(ticket);
    } else {
      this.refused.push(answer);
    }
  }

  begin() {
    this.stop = false;
    this.running = Array.from({ length: CLIENTS }, () => this.client());
  }

  async end() {
    this.stop = true;
    await Promise.all(this.running);
  }

  /** Nothing that was told is missing or has another number; no number is there twice. */
  async check() {
    for (const clinic of this.clinics) {
      const there = await this.house.numbers(clinic);
      for (const [ticket, { number }] of [...this.told].filter(([, one]) => one.clinic === clinic)) {
        assert.equal(there.get(ticket), number, `${clinic.queue}: ticket ${ticket} was given ${number}`);
      }
      const numbers = [...there.values()];
      assert.equal(new Set(numbers).size, numbers.length, `${clinic.queue}: a number is there twice`);
    }
  }
}

test('SIGKILL at random under load: nothing acknowledged is missing, no number is there twice', { timeout: 180000 }, () => withCloud([], async (house) => {
  await house.startCloud();
  const crowd = new Crowd(house, await house.addClinics(CLINICS));
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const before = crowd.told.size;
    crowd.begin();
    await until('some answers', () => crowd.told.size > before + 5);
    await sleep(Math.random() * 600);
    await house.endCloud('SIGKILL');
    await crowd.end();
    await house.startCloud();
    await crowd.check();
    // Who was cut off asks again, as a kiosk does: each gets one number, and the same one for ever.
    for (const [ticket, clinic] of [...crowd.unsure]) await crowd.ask(clinic, ticket);
    assert.equal(crowd.unsure.size, 0);
    await crowd.check();
  }
  assert.deepEqual(crowd.refused.map((one) => one.text), []);
  assert.ok(crowd.told.size >= CYCLES * 5);
  assert.deepEqual(await house.endCloud('SIGTERM'), { code: 0, signal: null });
  await run(program, ['check', '--data', house.at('cloud')]);
}));

test('a stop under load: what was told is kept, the rest is refused with 503 or cut off, and it ends in order', { timeout: 120000 }, () => withCloud([], async (house) => {
  await house.startCloud();
  const crowd = new Crowd(house, await house.addClinics(CLINICS));
  crowd.begin();
  await until('some answers', () => crowd.told.size > CLIENTS);
  const how = await house.endCloud('SIGTERM');
  await crowd.end();
  assert.deepEqual(how, { code: 0, signal: null });
  for (const answer of crowd.refused) assert.equal(answer.status, 503, answer.text);
  await house.startCloud();
  await crowd.check();
  await run(program, ['check', '--data', house.at('cloud')]);
}));

const unprivileged = process.getuid() !== 0;

/** The cloud's data lie on a small disk, in a mount namespace of its own. */
class SmallDisk extends CloudHouse {
  async startCloud() {
    await mkdir(this.at('cloud'), { recursive: true });
    const plain = this.start;
    this.start = (name, command, args, options) => plain.call(this, name, 'unshare', [...(unprivileged ? ['-r'] : []), '-m', 'sh', '-c',
      `mount -t tmpfs -o size=${DISK} machiai "$0" && exec "$@"`, this.at('cloud'), command, ...args], options);
    try {
      await super.startCloud();
    } finally {
      this.start = plain;
    }
  }

  inside(command, words) {
    return ['nsenter', ['-t', String(this.cloud.pid), '-m', ...(unprivileged ? ['-U', '--preserve-credentials'] : []), command, ...words]];
  }

  /** A file of the cloud, for reading and writing from here: through the server's own eyes. */
  seen(...parts) {
    return `/proc/${this.cloud.pid}/root${this.at('cloud', ...parts)}`;
  }

  async fill() {
    const file = await open(this.seen('filler'), 'w'), block = Buffer.alloc(65536);
    for (let size = block.length; size > 0;) await file.write(block, 0, size).catch(() => (size >>= 1));
    await file.close();
  }
}

test('a full disk: refused in words, nothing acknowledged is lost, and it goes on when there is room', { timeout: 120000 }, () => withCloud([], async (house) => {
  await house.startCloud();
  const clinics = await house.addClinics(1), crowd = new Crowd(house, clinics);
  await crowd.ask(clinics[0], randomUUID());
  await house.fill();
  crowd.begin();
  await until('a refusal', () => crowd.refused.length > 20);
  await crowd.end();
  for (const answer of crowd.refused) {
    assert.equal(answer.status, 507, answer.text);
    assert.equal(answer.json.error, 'full');
    assert.ok(answer.json.message.length > 20);
  }
  assert.equal(crowd.unsure.size, 0, 'every request was answered');
  await crowd.check(); // reading goes on
  await rm(house.seen('filler'));
  const before = crowd.told.size;
  await until('numbers again', async () => {
    await crowd.ask(clinics[0], randomUUID());
    return crowd.told.size > before + 3;
  });
  await crowd.check();
  await run(...house.inside(program, ['check', '--data', house.at('cloud')]));
  assert.match(house.cloud.lastWords(1000), /the disk is full; free some space/);
  assert.deepEqual(await house.endCloud('SIGTERM'), { code: 0, signal: null });
}, SmallDisk));

// -- starts that cannot be -------------------------------------------------------------------------

/** Starts on a directory and ends by itself: what it said. */
async function refusedStart(house, options = {}, name = 'cloud') {
  const cloud = house.start('refused', program, ['serve', '--data', house.at(name), '--listen', '127.0.0.1:0'], options);
  await cloud.done;
  assert.notEqual(cloud.exited.code, 0);
  assert.equal(cloud.exited.signal, null, cloud.lastWords());
  return cloud.lastWords();
}

test('data of a newer program are told, and not touched', () => withCloud([], async (house) => {
  await house.startCloud();
  await house.endCloud('SIGTERM');
  const database = path.join(house.at('cloud'), 'machiai.db');
  await run('sqlite3', [database, "UPDATE schema_version SET version = 99 WHERE module = 'intake'"]);
  assert.match(await refusedStart(house), /newer machiai-cloud \(intake 99/);
  assert.match((await run(program, ['check', '--data', house.at('cloud')]).catch((error) => error)).message, /newer machiai-cloud \(intake 99.*install that version or restore an older backup/);
  assert.match((await house.admin('notice', 'list', '--site', 'x').catch((error) => error)).message, /newer machiai-cloud/);
  assert.equal((await run('sqlite3', [database, "SELECT version FROM schema_version WHERE module = 'intake'"])).trim(), '99');
}));

test('data of the earliest cloud are brought up to date by a check, which says so', () => withCloud([], async (house) => {
  await mkdir(house.at('old'));
  await run('sqlite3', [path.join(house.at('old'), 'machiai.db'), `.read ${fileURLToPath(new URL('earliest.sql', import.meta.url))}`]);
  const said = await run('sh', ['-c', 'exec "$0" "$@" 2>&1', program, 'check', '--data', house.at('old')]);
  assert.match(said, /was written by an earlier machiai-cloud: identity brought from 1 to \d+/);
  assert.match(said, /ok: 0 sites, 0 log entries/);
  assert.doesNotMatch(await run('sh', ['-c', 'exec "$0" "$@" 2>&1', program, 'check', '--data', house.at('old')]), /earlier/);
}));

test('a folder of somebody else, and one that may not be written, are named with what to do', { skip: process.getuid() !== 0 && 'only root can be another user' }, () => withCloud([], async (house) => {
  const nobody = { uid: 65534, gid: 65534 };
  await run('chmod', ['755', house.dir]);
  await house.startCloud();
  await house.endCloud('SIGTERM');
  await run('chmod', ['-R', 'a+rX', house.at('cloud')]);
  const said = await refusedStart(house, nobody);
  assert.match(said, /belongs to root|may not be written|Permission denied/);
  assert.match(said, /chown|that this user may write/);
  await run('chown', ['-R', '65534:65534', house.at('cloud')]);
  await run('chmod', ['444', path.join(house.at('cloud'), 'machiai.db')]);
  assert.match(await refusedStart(house, nobody), /may not be written by nobody; run this as nobody, or change/);
}));

test('a file system that is read-only is told', { skip: process.getuid() !== 0 && 'mounts' }, () => withCloud([], async (house) => {
  await house.startCloud();
  await house.endCloud('SIGTERM');
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"';
  const cloud = house.start('read-only', 'unshare', ['-m', 'sh', '-c', script, house.at('cloud'), program, 'serve', '--data', house.at('cloud'), '--listen', '127.0.0.1:0']);
  await cloud.done;
  assert.match(cloud.lastWords(), /[Rr]ead-only file system/);
}));

test('a disk that is full before the first start is told', { skip: process.getuid() !== 0 && 'mounts' }, () => withCloud([], async (house) => {
  await mkdir(house.at('cloud'));
  const script = 'mount -t tmpfs -o size=64k machiai "$0" && exec "$@"';
  const cloud = house.start('full', 'unshare', ['-m', 'sh', '-c', script, house.at('cloud'), program, 'serve', '--data', house.at('cloud'), '--listen', '127.0.0.1:0']);
  await cloud.done;
  assert.notEqual(cloud.exited.code, 0);
  assert.equal(cloud.exited.signal, null, cloud.lastWords());
  assert.match(cloud.lastWords(), /disk is full|No space left/);
}));
