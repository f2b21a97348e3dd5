// The staff's console by keyboard alone, against the real cloud in a real Chromium: every act of the list, what
// stands beside it, and what a colleague sees of it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Browser, Clinic, QUEUE } from './clinic.mjs';

const TABS_MAX = 80;
const SLOW_MS = 700; // a line's
const TWICE_MS = 1100; // sooner a second press is the same press

let clinic;
let browser;
before(async () => {
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD);
  browser = await Browser.open();
});
beforeEach(() => clinic.clear());
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

async function console_(user = 'sato', prepare = async () => {}) {
  const page = await browser.page({ viewport: { width: 1440, height: 900 } });
  await prepare(page);
  await page.context().addCookies([await clinic.cookie(user)]);
  await page.goto(`${clinic.url}/staff/`);
  await page.locator('.console').waitFor();
  return page;
}
const done = (page) => page.context().close();
const row = (page, ticket) => page.locator(`[data-ticket="${ticket.ticket}"]`);
const sleep = (ms) => new Promise((go) => { setTimeout(go, ms); });
const heard = (page) => page.evaluate(() => { const one = document.activeElement; return `${one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent}`.replace(/\s+/g, ' ').trim(); });

/** Asks until it is so, for as long as a busy machine takes. */
async function until(wanted, ask) {
  for (let i = 0; i < 200 && (await ask()) !== wanted; i++) await sleep(50);
  assert.deepEqual(await ask(), wanted);
}
const state = (ticket, wanted) => until(wanted, async () => (await clinic.find(ticket)).state);
const calls = (ticket, wanted) => until(wanted, async () => (await clinic.find(ticket)).calls);

/** At the server, and on the page, whose keys mean what it shows. */
async function both(page, ticket, wanted) {
  await state(ticket, wanted);
  await row(page, ticket).locator(wanted === 'called' ? '.chip.plate-call' : `.chip.${wanted}`).waitFor();
}

/** Presses Tab until the focus is on what is heard so. */
async function tabTo(page, words) {
  const passed = [];
  for (let i = 0; i < TABS_MAX; i++) {
    const now = await heard(page);
    if (words.test(now)) return;
    passed.push(now.slice(0, 24));
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not reach ${words}: ${passed.join(' / ')}`);
}

/** To a number's row as staff do: its digits, then Enter. */
async function goTo(page, ticket) {
  await row(page, ticket).waitFor();
  await page.keyboard.type(ticket.number);
  await page.keyboard.press('Enter');
  await page.waitForFunction((id) => document.activeElement?.dataset.ticket === id, ticket.ticket); // rows that move keep it
}

test('every act of a row has its key', async () => {
  const [one, two, three] = [await clinic.ticket(), await clinic.ticket(), await clinic.ticket()];
  const page = await console_();
  const press = async (key, ticket, wanted) => { await goTo(page, ticket); await sleep(TWICE_MS); await page.keyboard.press(key); await both(page, ticket, wanted); };
  const order = async () => (await clinic.view()).tickets.filter((ticket) => ticket.state === 'waiting').map((ticket) => ticket.number);
  await row(page, one).waitFor();
  await page.keyboard.press('n');
  await both(page, one, 'called');
  await page.keyboard.press('Shift+Digit8'); // an asterisk is no digit
  await page.keyboard.press('NumpadMultiply');
  await calls(one, 2);
  await sleep(TWICE_MS);
  await page.keyboard.press('F8');
  await calls(one, 3);
  await press('a', one, 'absent');
  await press('r', one, 'called');
  await press('b', one, 'waiting');
  assert.deepEqual(await order(), [two.number, three.number, one.number], 'three places back');
  await press('c', two, 'called');
  await press('k', two, 'in_exam');
  await press('c', two, 'called');
  await press('h', two, 'held');
  await goTo(page, three);
  await page.keyboard.press('e');
  await until(`${one.number} ${three.number}`, async () => (await order()).join(' '));
  await press('c', two, 'called');
  await press('p', two, 'to_pay');
  await goTo(page, one);
  await page.keyboard.press('d');
  await state(one, 'done');
  await page.keyboard.press('Control+z');
  await state(one, 'waiting');
  await done(page);
});

test('an act is taken back though its answer is still on the way, and never the one before it', async () => {
  const [one, two] = [await clinic.ticket(), await clinic.ticket()];
  const page = await console_();
  await goTo(page, one);
  await page.keyboard.press('a');
  await both(page, one, 'absent');
  await page.getByRole('button', { name: /元に戻す/ }).waitFor();
  let refused = false;
  await page.route('**/events', async (route) => {
    await sleep(SLOW_MS);
    await (refused ? route.abort() : route.continue());
  });
  await goTo(page, two);
  await page.keyboard.press('d');
  await page.keyboard.press('Control+z');
  await page.getByText(/元に戻しました: /).last().waitFor();
  await state(two, 'waiting');
  await state(one, 'absent');
  refused = true;
  await goTo(page, two);
  await sleep(TWICE_MS);
  await page.keyboard.press('a');
  await page.keyboard.press('Control+z');
  await page.getByText(/つながりませんでした/).first().waitFor();
  await sleep(SLOW_MS * 2);
  await state(two, 'waiting');
  await state(one, 'absent');
  await done(page);
});

test('an act upon an own act whose push is not here yet is no colleague\u2019s', async () => {
  const one = await clinic.ticket();
  const page = await console_('sato', (fresh) => fresh.addInitScript(() => {
    const read = ReadableStreamDefaultReader.prototype.read;
    ReadableStreamDefaultReader.prototype.read = async function held() {
      const piece = await read.call(this);
      while (window.deaf) await new Promise((go) => { setTimeout(go, 20); });
      return piece;
    };
  }));
  await row(page, one).waitFor();
  await page.keyboard.press('n');
  await both(page, one, 'called');
  const seen = (await clinic.find(one)).last_event, told = [];
  page.on('request', (request) => { if (request.url().endsWith('/events')) told.push(...[request.postDataJSON()].flatMap((body) => body.events ?? body.entries ?? body)); });
  await page.evaluate(() => { window.deaf = true; });
  await page.keyboard.press('F8');
  await calls(one, 2);
  await goTo(page, one);
  await page.keyboard.press('a');
  await state(one, 'absent');
  await page.evaluate(() => { window.deaf = false; });
  await both(page, one, 'absent');
  assert.deepEqual(told.map((event) => event.seen), [seen, told[0].id]);
  await done(page);
});

test('what has no key is reached by Tab: the tray, priority with its reason, adding a family, a message, a pause', async () => {
  const [one, two] = [await clinic.ticket(), await clinic.ticket()];
  const page = await console_();
  await goTo(page, two);
  await page.keyboard.press('Enter'); // opens the tray
  await tabTo(page, new RegExp(`^${two.number}番 優先にする`));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^理由/);
  await page.keyboard.type('強い痛み');
  await tabTo(page, /^優先にする$/);
  await page.keyboard.press('Enter');
  await row(page, two).getByText('理由: 強い痛み').waitFor();
  await until(two.ticket, async () => (await clinic.view()).desks[0].next.ticket);

  await tabTo(page, /^番号を追加する/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^人数/);
  await page.keyboard.press('ArrowDown');
  await tabTo(page, /^番号を追加する$/);
  await page.keyboard.press('Enter');
  const persons = async () => (await clinic.view()).tickets.filter((ticket) => ticket.family);
  await until(2, async () => (await persons()).length);
  const family = await persons();
  assert.equal(family[0].family, family[1].family);

  await tabTo(page, /^お知らせ文/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^医院からのお知らせ文/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('本日は混み合っています');
  await tabTo(page, /^お知らせ文を出す$/);
  await page.keyboard.press('Enter');
  await until('本日は混み合っています', async () => (await clinic.view()).message);

  await tabTo(page, /^受付を止める/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo(page, /^受付を止める$/);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /受付を再開/ }).first().waitFor();
  await until(true, async () => (await clinic.view()).desks[0].paused);
  await tabTo(page, /^受付を再開/);
  await page.keyboard.press('Enter');
  await until(false, async () => (await clinic.view()).desks[0].paused);
  assert.equal((await clinic.find(one)).state, 'waiting');
  await done(page);
});

test('a colleague sees an act within a second', async () => {
  const ticket = await clinic.ticket();
  const [page, colleague] = [await console_('sato'), await console_('suzuki')];
  await row(colleague, ticket).waitFor();
  await colleague.evaluate((id) => {
    new MutationObserver(() => { if (document.querySelector(`[data-ticket="${id}"]`)?.textContent.includes('呼出中')) window.seen ??= Date.now(); })
      .observe(document.body, { subtree: true, childList: true, characterData: true });
  }, ticket.ticket);
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.url().endsWith('/events'));
  await page.keyboard.press('F2');
  await answered;
  const acted = Date.now();
  await colleague.waitForFunction(() => window.seen);
  const late = await colleague.evaluate(() => window.seen) - acted;
  assert.ok(late < 1000, `${late} ms after the answer`);
  await done(page);
  await done(colleague);
});

test('the session is ended and gone on with, a day is closed, the day sheet fits on paper: by keyboard', async () => {
  const ticket = await clinic.ticket();
  const page = await console_();
  const opening = async () => (await clinic.api('GET', `/api/v1/sites/${clinic.site}/opening`, undefined, clinic.staff)).data;
  await row(page, ticket).waitFor();
  await tabTo(page, /^診療日・時間/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('heading', { name: 'いまの診療' }).waitFor();
  await tabTo(page, /の受付を終了する$/);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '終了しない' }).waitFor();
  await tabTo(page, /の受付を終了する$/);
  await page.keyboard.press('Enter');
  await page.getByText(/の受付は終了しました/).first().waitFor();
  assert.equal((await opening()).ended, true);
  if ((await opening()).may_reopen) {
    await tabTo(page, /の受付を続ける$/);
    await page.keyboard.press('Enter');
    await until(false, async () => (await opening()).ended);
  }
  await page.locator('#day').focus(); // its own keys differ between browsers
  await page.locator('#day').fill('2031-05-03');
  await tabTo(page, /^休診日に加える$/);
  await page.keyboard.press('Enter');
  await until(true, async () => Boolean((await opening()).hours?.closed?.includes('2031-05-03')));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await tabTo(page, /^日報/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /の日報$/ }).waitFor();
  await page.getByRole('row').filter({ hasText: ticket.number }).first().waitFor();
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('button', { name: '印刷する' }).isVisible(), false);
  const pdf = await page.pdf({ format: 'A4' });
  assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length, 1, 'one page');
  await done(page);
});

test('a clinic\'s page that stands open follows the closed days', async () => {
  const patient = await browser.page({ viewport: { width: 390, height: 844 } });
  await patient.goto(`${clinic.url}/q/${QUEUE}`);
  const today = new Date(Date.now() + 9 * 3600000).toISOString().slice(0, 10);
  const week = Array.from({ length: 7 }, () => [[540, 720], [840, 1020], null]);
  const put = (...closed) => clinic.api('PUT', `/api/v1/sites/${clinic.site}/opening`, { hours: { week, closed, exceptions: [] } }, clinic.staff);
  const days = patient.getByRole('heading', { name: '休診日' });
  assert.equal((await put(today)).status, 200);
  await days.waitFor({ timeout: 15000 });
  assert.equal((await put()).status, 200);
  await days.waitFor({ state: 'detached', timeout: 15000 });
  await done(patient);
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
