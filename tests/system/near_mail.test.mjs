// E-mail when a patient's turn is near: from a real cloud, by way of a real SMTP server (Debian's
// aiosmtpd), to what a mail program reads.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openBrowser } from '../../cmake/try/browser.mjs';
import { startSmtp, stopSmtp } from '../cloud/smtp.mjs';
import { Clock } from './clock.mjs';
import { inHouse, run, until } from './fixture.mjs';
import { Staff } from './printing.mjs';

const hour = 3600 * 1000, jst = 9 * hour, day = 24 * hour;
const AGAIN_MS = 31000; // NEAR_MAIL_AGAIN_MS, and a little
const COME_NOW = 3, SETTINGS = {
  clinic_no: '1024', name: 'さくら台クリニック(内科・小児科・アレルギー科)', phone: '03-5555-0142', remote: { open: true }, come_now: COME_NOW,
  desks: [{ desk_no: 1, kind: 'consultation', name: '診察', first: 1, last: 999 }],
  rooms: [{ id: 'room-1', desk_no: 1, name: '第1診察室', reading: 'だいいちしんさつしつ' }],
  services: [{ id: 'adult', desk_no: 1, name: '内科', minutes: 8 }],
};

class Clinic {
  /** Ten in the morning, a mail server, and as many who wait as are needed for a mail to make sense. */
  static async open(house, server, more = '') {
    const clinic = Object.assign(new Clinic(), { house, queue: '/api/v1/queues/1024-1' });
    await house.open();
    clinic.clock = new Clock(house);
    clinic.mailFrom(server, more);
    await house.startCloud();
    clinic.clock.leap(Math.ceil((Date.now() + jst - 10 * hour) / day) * day - jst + 10 * hour);
    writeFileSync(house.at('settings.json'), JSON.stringify(SETTINGS));
    const { site } = await house.admin('site', 'add', '--settings', house.at('settings.json'));
    house.demo = { site, clinic_no: '1024', people: { reception: 'kumo-tsuki-3819-hana' } };
    await house.admin('user', 'add', '--user', 'reception', '--name', '佐藤', '--role', 'staff', '--site', site, '--password', house.demo.people.reception);
    clinic.staff = await Staff.at(house);
    await clinic.walkIns(COME_NOW + 1);
    return clinic;
  }

  mailFrom(server, more) {
    execFileSync('mkdir', ['-p', this.house.at('cloud')]);
    writeFileSync(this.house.at('cloud/mail.conf'), `[mail]\nurl = smtp://127.0.0.1:${server.port}\nfrom = noreply@machiai.example\n${more}`);
  }

  async walkIns(count) {
    for (let i = 0; i < count; i += 1) {
      const answer = await this.house.api('POST', `${this.queue}/tickets`, { ticket: randomUUID(), service: 'adult' }, this.staff.headers);
      assert.equal(answer.status, 201, answer.text);
    }
  }

  async book() {
    const answer = await this.house.api('POST', `${this.queue}/bookings`, { purpose: true, persons: [{ ticket: randomUUID() }] });
    assert.equal(answer.status, 201, answer.text);
    return answer.json.tickets[0];
  }

  holder = async (ticket) => (await this.house.api('GET', `/api/v1/tickets/${ticket.code}`)).json;

  async ask(ticket, address, language = 'ja') {
    await until('a cloud that can send mails', async () => (await this.holder(ticket)).may.mail);
    const answer = await this.house.api('PUT', `/api/v1/tickets/${ticket.code}/mail`, { address, language });
    assert.equal(answer.json?.mail, 'waiting', answer.text);
  }

  mailState = (ticket, state) => until(`the mail of ${ticket.number}: ${state}`, async () => (await this.holder(ticket)).mail === state);

  /** The first who waits has been seen. */
  async seeOne() {
    const first = (await this.staff.view()).tickets.find((one) => one.state === 'waiting');
    for (const kind of ['ticket_called', 'ticket_done']) await this.staff.log({ kind, ticket: first.ticket, room: 'room-1', desk: 1 });
  }

  /** What the cloud keeps of addresses, as its database says. */
  kept = async () => (await run('sqlite3', [this.house.at('cloud', this.database), "SELECT address FROM near_mail WHERE address <> ''"])).trim();

  get database() {
    return readdirSync(this.house.at('cloud')).find((name) => name.endsWith('.db') || name.endsWith('.sqlite'));
  }

  /** After its end, in no byte of any file. */
  async assertForgotten(...addresses) {
    const { code } = await this.house.cloud.stop();
    assert.equal(code, 0, this.house.cloud.lastWords());
    const files = readdirSync(this.house.dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    for (const file of files) {
      const bytes = readFileSync(path.join(file.path, file.name));
      for (const address of addresses) assert.ok(!bytes.includes(address), `${address} is still in ${file.name}`);
    }
  }
}

const nextMail = async (server) => JSON.parse(await server.said.next());

async function inClinic(options, more, body) {
  await inHouse(async (house) => {
    const server = await startSmtp(...options(house));
    try {
      await body(await Clinic.open(house, server, more(house)), server);
    } finally {
      await stopSmtp(server);
    }
  });
}

const plain = [() => [], () => ''];

/** A certificate that nobody but mail.conf's `ca` vouches for. */
function guarded(house) {
  execFileSync('mkdir', ['-p', house.dir]);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', house.at('smtp-key.pem'), '-out', house.at('smtp.pem')], { stdio: 'pipe' });
  writeFileSync(house.at('password'), 'kumo-tsuki\n');
  return ['--auth', '--tls', house.at('smtp.pem'), house.at('smtp-key.pem')];
}

test('asked for while booking, it comes once when the turn is near, over STARTTLS; its links work', async () => {
  const more = (house) => `ca = ${house.at('smtp.pem')}\nuser = machiai\npassword_file = ${house.at('password')}\n`;
  await inClinic(guarded, more, async (clinic, server) => {
    const { house } = clinic, browser = await openBrowser();
    try {
      const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, ignoreHTTPSErrors: true, locale: 'ja-JP' })).newPage();
      await until('a cloud that can send mails', async () => (await house.api('GET', clinic.queue)).json.remote.mail);
      await page.goto(`${house.url}/q/1024-1/book`);
      await page.getByText('はじめての方').tap();
      await page.getByRole('button', { name: '次へ進む' }).tap();
      await page.getByLabel('メールアドレス').fill('hanako.yamada@example.jp');
      await page.getByLabel('使いみちを読みました').tap();
      await page.getByRole('button', { name: '予約して番号を取る' }).tap();
      await page.getByText(`あと${COME_NOW}人になったら、メールでもお知らせします`).waitFor();
      assert.deepEqual(server.said.come, [], 'not yet');
      await clinic.seeOne();

      const mail = await nextMail(server);
      assert.deepEqual([mail.tls, mail.user, mail.envelope_to, mail.envelope_from], [true, 'machiai', ['hanako.yamada@example.jp'], 'noreply@machiai.example']);
      assert.equal(mail.from, '待合 <noreply@machiai.example>');
      assert.equal(mail.subject, `【${SETTINGS.name}】5番 順番が近づきました`);
      assert.match(mail.raw_subject, /^Subject: =\?UTF-8\?B\?[A-Za-z0-9+/=]+\?=$/);
      assert.deepEqual([mail.type, mail.ascii, mail.defects], ['text/plain utf-8', true, []]);
      assert.ok(mail.longest_line <= 78, `${mail.longest_line}`);
      assert.match(mail.body, /まもなく順番です。そろそろお越しください。/);
      assert.ok(!/[{}]/.test(mail.body), mail.body);
      await page.getByText('メールをお送りしました').waitFor();
      assert.equal(await clinic.kept(), '');

      const [link, off] = mail.body.match(/https:\S+/g);
      await page.goto(link);
      assert.equal(await page.locator('.ticket .mine .number').innerText(), '5');
      assert.deepEqual([mail.off, mail.off_post], [`<${off}>`, 'List-Unsubscribe=One-Click']); // RFC 8058
      await page.goto(off);
      await page.getByRole('button', { name: 'メールを止める' }).tap();
      await page.getByText('メールを止めました').waitFor();
      await page.goto(`${off}x`);
      await page.getByRole('button', { name: 'メールを止める' }).tap();
      await page.getByText('このリンクは、もう使えません').waitFor();

      await clinic.walkIns(COME_NOW);
      const [refused, other] = [await clinic.book(), await clinic.book()];
      await clinic.ask(refused, 'Hanako.Yamada@example.jp'); // the same mailbox; nothing tells that it wants none
      await clinic.ask(other, 'taro@example.jp', 'vi');
      for (let i = 0; i < 5; i += 1) await clinic.seeOne();
      const only = await nextMail(server);
      assert.deepEqual(only.envelope_to, ['taro@example.jp']);
      assert.match(only.subject, new RegExp(`${other.number}`));
      assert.doesNotMatch(only.body, /順番/); // Vietnamese
      await clinic.mailState(refused, 'sent');
      assert.deepEqual(server.said.come, []);
      await clinic.assertForgotten('hanako.yamada@example.jp', 'Hanako.Yamada@example.jp', 'taro@example.jp');
    } finally {
      await browser.close();
    }
  });
});

test('a mail server that is away is asked again; nothing comes twice; who gives up gets nothing', async () => {
  await inClinic(...plain, async (clinic, first) => {
    const { house, clock } = clinic;
    const [kept, given] = [await clinic.book(), await clinic.book()];
    await clinic.ask(kept, 'kept@example.jp');
    await clinic.ask(given, 'given@example.jp');
    assert.equal((await house.api('POST', `/api/v1/tickets/${given.code}/cancellation`, {})).status, 200);
    await until('the address that was given up is gone', async () => await clinic.kept() === 'kept@example.jp');
    await stopSmtp(first);
    await clinic.seeOne();
    const tries = () => readFileSync(house.cloud.log, 'utf8').match(/trying again/g)?.length ?? 0;
    for (let n = 1; n <= 5; n += 1) {
      await until(`try ${n}`, () => tries() === n);
      clock.leap(clock.now() + AGAIN_MS);
    }
    assert.equal((await clinic.holder(kept)).mail, 'waiting');
    const server = await startSmtp('--port', first.port);
    try {
      clock.leap(clock.now() + AGAIN_MS);
      assert.deepEqual((await nextMail(server)).envelope_to, ['kept@example.jp']);
      await clinic.mailState(kept, 'sent');
      assert.equal(await clinic.kept(), '');
      const [mute, never] = [(await clinic.walkIns(1), await clinic.book()), await clinic.book()];
      await clinic.ask(mute, 'mute@example.jp');
      await clinic.ask(never, 'never@example.jp');
      for (let i = 0; i < 3; i += 1) await clinic.seeOne();
      const [unsaid] = [await nextMail(server), await clinic.mailState(never, 'failed')];
      clock.leap(clock.now() + AGAIN_MS);
      const again = await nextMail(server); // it was taken, but nobody could say so: the same Message-ID
      assert.deepEqual([again.envelope_to, again.id], [unsaid.envelope_to, unsaid.id]);
      await clinic.mailState(mute, 'sent');
      clock.leap(clock.now() + AGAIN_MS);
      assert.equal(await clinic.kept(), '');
      await clinic.assertForgotten('kept@example.jp', 'given@example.jp', 'mute@example.jp', 'never@example.jp');
      assert.deepEqual(server.said.come, []);
    } finally {
      await stopSmtp(server);
    }
  });
});
