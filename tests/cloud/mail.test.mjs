// Terms 20: reminders of a programme's deadline, as a real SMTP server receives them.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { lines, startSmtp, stop, stopSmtp, waitMs } from './smtp.mjs';

const run = promisify(execFile);
const program = path.join(process.env.MACHIAI_BUILD, 'cloud', 'machiai-cloud');
const dayMs = 24 * 3600 * 1000;

let dir, smtp, mails, site;

async function admin(...words) {
  const { stdout } = await run(program, ['admin', '--data', dir, ...words, '--json']);
  return JSON.parse(stdout);
}

/** A programme whose deadline is so many days away, distributed. */
async function programme(title, days) {
  const now = Date.now(), file = path.join(dir, 'table.json');
  await writeFile(file, JSON.stringify({
    title, from: now + (days + 1) * dayMs, to: now + (days + 31) * dayMs, deadline: Math.round(now + days * dayMs),
    items: [{ kind: 'notice', title: '休診', duration_ms: 8000 }],
  }));
  const { programme: id } = await admin('programme', 'add', '--site', site, '--file', file);
  await admin('programme', 'distribute', '--programme', id);
  return id;
}

/** The server runs until the body is done, and ends cleanly. */
async function serving(body) {
  const child = spawn(program, ['serve', '--data', dir, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = lines(child);
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  try {
    const ready = await said.next();
    await body({ url: ready.replace('ready ', ''), log: () => log });
  } finally {
    await stop(child, () => child.kill('SIGTERM'));
  }
  assert.equal(child.exitCode, 0, log);
}

const nextMail = async () => JSON.parse(await mails.next());

async function configure(port, more = '') {
  await writeFile(path.join(dir, 'mail.conf'), `[mail]\nurl = smtp://127.0.0.1:${port}\nfrom = noreply@machiai.example\nreminder_days = 7,3,1\n${more}`);
}

before(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'machiai-mail-'));
  smtp = await startSmtp();
  mails = smtp.said;
  ({ site } = await admin('site', 'add', '--name', 'さくら内科・小児科クリニック', '--phone', '03-0000-0000'));
  await admin('user', 'add', '--user', 'boss', '--name', '院長', '--role', 'contractor', '--site', site);
  await admin('user', 'add', '--user', 'sato', '--name', '佐藤', '--role', 'staff', '--site', site);
  await admin('user', 'mail', '--user', 'boss', '--address', 'boss@sakura.example');
  await admin('user', 'mail', '--user', 'sato', '--address', 'sato@sakura.example');
  await configure(smtp.port);
});

after(async () => {
  await stopSmtp(smtp);
  await rm(dir, { recursive: true, force: true });
});

test('article 20: the contractor is reminded once, in Japanese that every reader can decode', async () => {
  await programme('十二月の番組表（健康情報と広告、医院のお知らせを含む長い名前）', 2.5);
  let url;
  await serving(async (server) => {
    url = server.url;
    const mail = await nextMail();
    assert.deepEqual(mail.envelope_to, ['boss@sakura.example']); // staff do not approve
    assert.equal(mail.envelope_from, 'noreply@machiai.example');
    assert.match(mail.from, /待合 <noreply@machiai.example>/);
    assert.match(mail.subject, /^【待合】番組表の承認をお願いします（期限 \d+月\d+日 \d+:\d\d）$/);
    assert.match(mail.body, /さくら内科・小児科クリニック\r\n/);
    assert.match(mail.body, /十二月の番組表（健康情報と広告、医院のお知らせを含む長い名前）/);
    assert.match(mail.body, /（あと2日）/);
    assert.match(mail.body, /代わりに環境映像が流れます/); // what happens otherwise
    assert.ok(mail.body.includes(`${url}/programme/`));
    assert.ok(!/[{}]/.test(mail.body), mail.body);
    assert.equal(mail.ascii, true);
    assert.ok(mail.longest_line <= 78, `${mail.longest_line}`);
    assert.deepEqual(mail.defects, []);
    assert.ok(!Number.isNaN(Date.parse(mail.date)) && Math.abs(Date.parse(mail.date) - Date.now()) < 3600_000);
  });
});

test('article 20: nothing is sent twice, nothing before its day, nothing of what is approved or too late', async () => {
  await programme('まだ先', 20);
  await programme('過ぎた', -1);
  const approved = await programme('承認ずみ', 2);
  await admin('programme', 'approve', '--programme', approved, '--user', 'boss');
  const last = await programme('明日まで', 0.9);
  await serving(async () => {
    const mail = await nextMail(); // the first of this start is the only new one
    assert.match(mail.body, /明日まで/);
    assert.match(mail.body, /（あと21時間）/);
    assert.ok(mail.id.includes(last));
  });
  assert.deepEqual(mails.come, []);
});

test('a mailbox that is full is tried again later, one that is gone is given up, and the others get theirs', async () => {
  for (const who of ['later', 'never', 'aaa']) {
    await admin('user', 'add', '--user', who, '--name', who, '--role', 'contractor', '--site', site);
    await admin('user', 'mail', '--user', who, '--address', `${who}@sakura.example`);
  }
  await serving(async ({ log }) => {
    const got = [await nextMail(), await nextMail()]; // aaa is new: the two programmes that are due
    assert.deepEqual(got.map((mail) => mail.envelope_to[0]), ['aaa@sakura.example', 'aaa@sakura.example']);
    const until = Date.now() + waitMs;
    while (!/given up/.test(log()) || !/trying again/.test(log())) {
      assert.ok(Date.now() < until, log());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  await admin('user', 'mail', '--user', 'later', '--none');
  await admin('user', 'mail', '--user', 'never', '--none');
});

test('the mail server wants a password, and gets it', async () => {
  const strict = await startSmtp('--auth');
  await writeFile(path.join(dir, 'mail.password'), 'kumo-tsuki\n');
  await configure(strict.port, `user = machiai\npassword_file = ${path.join(dir, 'mail.password')}\n`);
  await programme('名乗る', 0.5);
  try {
    await serving(async () => {
      const mail = JSON.parse(await strict.said.next());
      assert.equal(mail.user, 'machiai');
    });
  } finally {
    await stopSmtp(strict);
    await configure(smtp.port);
  }
});

test('a file that is not understood is said with its line; the server goes on', async () => {
  await writeFile(path.join(dir, 'mail.conf'), '[mail]\nurl = http://mail.example\nfrom = x@y\n');
  await serving(async ({ log }) => {
    const until = Date.now() + waitMs;
    while (!/mail\.conf: url: is not understood/.test(log())) {
      assert.ok(Date.now() < until, log());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  for (const bad of ['x', 'a@b@c', 'a b@c', '@c', 'a@', 'a@b\r\nBcc: c@d', '<a@b>']) {
    await assert.rejects(admin('user', 'mail', '--user', 'boss', '--address', bad));
  }
});
