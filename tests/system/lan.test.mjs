// The line is cut, and reception goes on at the kiosk's own page: a browser that trusts the kiosk logs in
// there, calls and finishes; the monitor shows it, and the cloud takes it over when the line is back.
// MACHIAI_PICTURES=DIR keeps pictures of the pages.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { randomUUID, X509Certificate } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import https from 'node:https';
import path from 'node:path';
import { inHouse, run, staffView, tickets, until } from './fixture.mjs';
import { take } from './printing.mjs';
import { CuttingProxy } from '../soak/proxy.mjs';
import { violations } from '../web/axe.mjs';
import { Browser, logIn } from '../web/clinic.mjs';

const MISSES = 10; // LAN_MISSES_MAX
const SIZES = { phone: { width: 390, height: 844 }, tablet: { width: 1180, height: 820 }, pc: { width: 1440, height: 900 } };

/** As House.startAll(), with a line that can be cut and the page on the clinic's network. */
async function open(house) {
  await house.open();
  await house.startCloud();
  await house.furnish();
  await house.startPrinter();
  await house.startDisplay();
  const line = new CuttingProxy(house.port), url = house.url;
  await line.listen();
  house.url = `https://127.0.0.1:${line.port}`;
  await house.writeConfig(house.demo.code, '\n[lan]\nconsole = yes\nport = 0\n');
  house.url = url;
  await house.startKiosk();
  await until('the kiosk to know the staff, and the staff its page', async () => {
    const { lan } = await house.ctl('status');
    const device = (await staffView(house)).devices?.find((one) => one.lan);
    return lan.url && lan.people > 0 && device?.lan.fingerprint === lan.fingerprint;
  }, { seconds: 60 });
  return line;
}

/** A request to the kiosk's page as a program sends it. */
function ask(kiosk, method, where, body) {
  return new Promise((resolve, reject) => {
    const request = https.request(kiosk.url + where, { method, ca: kiosk.ca, rejectUnauthorized: Boolean(kiosk.ca), agent: false, headers: { 'Content-Type': 'application/json' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

/** What a member of staff does once for each computer: takes the certificate, compares, trusts. */
async function trust(house, kiosk, home) {
  const { text } = await ask(kiosk, 'GET', '/machiai-kiosk.crt');
  assert.equal(new X509Certificate(text).fingerprint256, kiosk.fingerprint, 'the fingerprint that the kiosk tells');
  const file = house.at('kiosk.crt'), db = `sql:${path.join(home, '.pki/nssdb')}`;
  await writeFile(file, text);
  await run('certutil', ['-d', db, '-A', '-t', 'C,,', '-n', 'kiosk', '-i', file]);
  return text;
}

async function newHome(house) {
  const home = house.at('home'), folder = path.join(home, '.pki/nssdb');
  await mkdir(folder, { recursive: true });
  await run('certutil', ['-d', `sql:${folder}`, '-N', '--empty-password']);
  await run('certutil', ['-d', `sql:${folder}`, '-A', '-t', 'C,,', '-n', 'cloud', '-i', house.seen('tls/ca.pem')]);
  return home;
}

async function clean(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await picture(page, name);
}

async function picture(page, name) {
  if (!process.env.MACHIAI_PICTURES) return;
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await page.waitForTimeout(200);
    await page.screenshot({ path: path.join(process.env.MACHIAI_PICTURES, `lan-${name}-${size}.png`), fullPage: true });
  }
  await page.setViewportSize(before);
}

const strict = { ignoreHTTPSErrors: false, viewport: SIZES.pc };
const stateOf = async (house, ticket) => (await tickets(house)).find((one) => one.ticket === ticket)?.state;

async function issue(house) {
  const { cookie, csrf } = await staffView(house);
  const answer = await house.api('POST', `/api/v1/queues/${house.demo.clinic_no}-1/tickets`, { ticket: randomUUID(), service: 'adult' }, { Cookie: cookie, 'X-CSRF-Token': csrf });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

async function guess(kiosk) {
  for (let i = 0; i < MISSES; i++) {
    assert.equal((await ask(kiosk, 'POST', '/api/v1/sessions', { user: 'guessed', password: `wrong-${i}` })).status, 401);
  }
  const { status, headers } = await ask(kiosk, 'POST', '/api/v1/sessions', { user: 'guessed', password: 'again' });
  assert.equal(status, 429);
  assert.ok(Number(headers['retry-after']) > 0);
}

/** Calls the next, sees it on the monitor, and finishes. */
async function callAtKiosk(house, page, ticket) {
  await page.getByRole('button', { name: /^次の方を呼ぶ/ }).first().click();
  await until('the call on the monitor', async () => (await house.ctl('status')).monitor.stage?.number === ticket.number, { seconds: 20 });
  assert.equal(await stateOf(house, ticket.ticket), 'called');
  await page.locator('.figure').getByText(ticket.number, { exact: true }).waitFor();
  await clean(page, 'called');
  await page.getByRole('button', { name: `${ticket.number}番 入室` }).first().click();
  await until('the patient in the room', async () => await stateOf(house, ticket.ticket) === 'in_room');
  await page.getByRole('button', { name: `${ticket.number}番の操作を開く`, exact: true }).click();
  await page.getByRole('group', { name: new RegExp(`^${ticket.number}番`) }).getByRole('button', { name: /終了/ }).click();
  await until('the visit to be over', async () => await stateOf(house, ticket.ticket) === 'done');
}

/** Paper runs out without a line too: the same alarm, with its sound, until there is paper. */
async function noPaper(house, page) {
  await house.printerState('paper_out');
  const alarm = page.getByRole('alert').filter({ hasText: '用紙がなくなりました' });
  await alarm.waitFor({ timeout: 60000 });
  await clean(page, 'no-paper');
  await page.keyboard.press('F9');
  await alarm.getByText('音を止めました').waitFor();
  await house.printerState('ok');
  await alarm.waitFor({ state: 'detached', timeout: 60000 });
}

test('reception goes on at the kiosk while the line is cut', async () => {
  await inHouse(async (house) => {
    const line = await open(house);
    let browser = null;
    try {
      const { lan } = await house.ctl('status');
      const kiosk = { ...lan, url: `https://127.0.0.1:${new URL(lan.url).port}` }; // where this test may run, no address of a clinic's is certain
      assert.equal(lan.people, 1, 'staff alone, not the contractor and the operator');
      const home = await newHome(house);
      const first = await issue(house);
      await until('the ticket at the kiosk', () => stateOf(house, first.ticket));

      browser = await Browser.open({ HOME: home });
      const stranger = await browser.page(strict);
      await assert.rejects(stranger.goto(`${kiosk.url}/staff/`), /ERR_CERT_AUTHORITY_INVALID/);
      await browser.close();
      kiosk.ca = await trust(house, kiosk, home);
      browser = await Browser.open({ HOME: home });
      const cloud = await browser.page(strict), page = await browser.page(strict);
      await logIn(cloud, `${house.url}/staff/`, 'reception', house.demo.people.reception);
      await cloud.getByRole('button', { name: /^次の方を呼ぶ/ }).first().waitFor();

      line.set('reset');
      await until('the kiosk to miss its line', async () => !(await house.ctl('status')).online, { seconds: 30 });
      const own = await take(house);
      assert.match(own.number, /^[A-Z]\d+$/);

      await logIn(page, `${kiosk.url}/staff/`, 'reception', 'not-the-password');
      await page.getByRole('alert').getByText('ログインできませんでした').waitFor();
      await clean(page, 'wrong');
      await guess(kiosk);
      await logIn(page, `${kiosk.url}/staff/`, 'guessed', 'again');
      await page.getByRole('alert').waitFor();
      await logIn(page, `${kiosk.url}/staff/`, 'reception', house.demo.people.reception);
      await page.getByRole('alert').getByText('インターネットの回線が切れています').waitFor();
      await callAtKiosk(house, page, first);
      await page.getByText(own.number, { exact: true }).first().waitFor();
      await clean(page, 'down');
      await noPaper(house, page);

      await cloud.getByRole('alert').getByText('とつながっていません').waitFor({ timeout: 90000 });
      assert.equal(await cloud.getByRole('alert').getByRole('link', { name: /院内ページを開く/ }).getAttribute('href'), `${lan.url}/staff/`);
      await clean(cloud, 'cloud-away');

      line.set('pass');
      await until('the kiosk to hand everything over', async () => { const now = await house.ctl('status'); return now.online && now.outbox === 0; }, { seconds: 60 });
      await page.getByText('インターネットの回線はつながっています').waitFor({ timeout: 30000 });
      await clean(page, 'back');
      await cloud.getByText(/回線が切れているあいだに操作がありました/).waitFor({ timeout: 30000 });
      await cloud.getByRole('button', { name: '操作の記録' }).first().click();
      const row = cloud.getByRole('dialog').getByRole('row').filter({ hasText: `${first.number}番` }).filter({ hasText: '回線が切れているあいだ' });
      await row.filter({ hasText: '終了' }).first().waitFor();
      assert.match(await row.filter({ hasText: '呼び' }).first().textContent(), /reception|佐藤/);
      await clean(cloud, 'cloud-record');
      const view = await staffView(house);
      assert.equal(view.tickets.find((one) => one.ticket === first.ticket).state, 'done');
      assert.equal(view.tickets.find((one) => one.ticket === own.ticket).number, own.number);

      await house.admin('user', 'lock', '--user', 'reception');
      await until('the kiosk to forget whom the cloud locked', async () => (await house.ctl('status')).lan.people === 0, { seconds: 20 });
      await page.getByLabel('ユーザーID').waitFor({ timeout: 20000 }); // an open console ends by itself
      assert.equal((await ask(kiosk, 'POST', '/api/v1/sessions', { user: 'reception', password: house.demo.people.reception })).status, 401);
      await page.reload();
      await page.getByLabel('ユーザーID').waitFor();
      assert.deepEqual(browser.complaints, []);
    } catch (error) {
      for (const context of browser?.chromium.contexts() ?? []) {
        for (const [i, one] of context.pages().entries()) await one.screenshot({ path: house.at(`page-${new URL(one.url()).port || i}.png`) }).catch(() => {});
      }
      throw error;
    } finally {
      await browser?.close();
      line.close();
    }
  });
});
