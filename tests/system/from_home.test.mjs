// From home to the consulting room: turns booked on a phone's page, checked in at the kiosk by the QR
// code of that page, by its number, and at the desk; then called, with the own page open all the time.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { writeFile } from 'node:fs/promises';
import { logIn, openBrowser } from '../../cmake/try/browser.mjs';
import { Clock } from './clock.mjs';
import { inHouse, run, tickets, until } from './fixture.mjs';
import { Reader, Staff } from './printing.mjs';

const hour = 3600 * 1000, jst = 9 * hour, day = 24 * hour;
const CARD = '00123', BIRTH = { year: '1951', month: '4', day: '7' };
const PUSHED_MS = 5000; // polling alone takes twice as long; PERFORMANCE.md has what it is

/** Ten in the morning: neither a change of sessions nor the night comes in between. */
async function open(house) {
  await house.open();
  const clock = new Clock(house);
  await house.startCloud();
  clock.leap(Math.ceil((Date.now() + jst - 10 * hour) / day) * day - jst + 10 * hour);
  await house.furnish();
  await house.startPrinter();
  await house.startDisplay();
  await house.writeConfig(house.demo.code);
  await house.startKiosk();
  await shown(house, 'start');
  const staff = await Staff.at(house);
  const known = await house.api('PUT', `${staff.where}/patients`, { patients: [{ card: CARD, birth: '1951-04-07' }] }, staff.headers);
  assert.equal(known.status, 200, known.text);
  return staff;
}

async function phone(browser) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, ignoreHTTPSErrors: true, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
  return context.newPage();
}

const terminal = async (house) => (await house.ctl('status')).terminal;
const shown = (house, screen) => until(`the terminal's ${screen}`, async () => (await terminal(house)).screen === screen, { seconds: 30 });

const next = (page) => page.getByRole('button', { name: '次へ進む' }).tap();
const mine = (page) => page.locator('.ticket .mine .number');

/** From the clinic's page to the own page; gives the number. */
async function book(house, page, fill) {
  await page.goto(`${house.url}/q/${house.demo.clinic_no}-1`);
  await page.getByRole('link', { name: '順番を予約する' }).tap();
  await fill(page);
  await page.getByLabel('使いみちを読みました').tap();
  await page.getByRole('button', { name: '予約して番号を取る' }).tap();
  await page.getByRole('heading', { name: '予約できました' }).waitFor();
  return mine(page).innerText();
}

async function withCard(page) {
  await next(page);
  await page.getByLabel('診察券番号').fill(CARD);
  for (const [part, value] of Object.entries(BIRTH)) await page.locator(`#${part}`).fill(value);
  await next(page);
}

async function forFirstTime(page) {
  await page.getByText('はじめての方').tap();
  await next(page);
  await page.getByText('内科').tap();
  await next(page);
}

/** What a scanner reads off the phone's glass. */
async function shownCode(house, page) {
  const file = house.at('phone.png');
  await writeFile(file, await page.locator('.codes').screenshot());
  return (await run('zbarimg', ['-q', '--raw', file])).trim();
}

const KEYS = { ':': 'colon', '/': 'slash', '.': 'period' };
const scan = (house, text) => run('xdotool', ['key', '--delay', '1', ...[...text].map((letter) => KEYS[letter] ?? letter), 'Return'], { env: { DISPLAY: house.display } });

async function pressNumber(house, number) {
  for (const widget of ['checkin', ...[...number].map((digit) => `key:${digit}`), 'enter']) {
    await until(`${widget} can be pressed`, async () => (await terminal(house)).widgets.includes(widget));
    await house.ctl('tap', widget);
  }
}

/** Afterwards the terminal shows the ticket, and the next person finds the first screen. */
async function checkedIn(house, number) {
  await shown(house, 'ticket');
  await until(`${number} to wait`, async () => (await tickets(house)).some((one) => one.number === number && one.state === 'waiting'));
  await house.ctl('tap', 'finish');
  await shown(house, 'start');
}

async function slipOf(house, reader, ticket) {
  const [name] = await until('its slip', async () => {
    const names = await reader.slipsOf(ticket);
    return names.length > 0 && names;
  }, { seconds: 60 });
  return (await run('zbarimg', ['-q', '--raw', house.at('slips', name)])).trim();
}

test('booked at home, checked in at kiosk and desk, called: the own page says so by push', async (t) => {
  await inHouse(async (house) => {
    const staff = await open(house), reader = new Reader(house), browser = await openBrowser();
    try {
      const phones = [await phone(browser), await phone(browser), await phone(browser)];
      const numbers = [];
      for (const [i, fill] of [withCard, forFirstTime, forFirstTime].entries()) numbers.push(await book(house, phones[i], fill));
      assert.deepEqual(numbers, ['1', '2', '3']);
      const booked = (await staff.view()).tickets;
      assert.deepEqual(booked.map(({ number, state }) => [number, state]), numbers.map((number) => [number, 'reserved']));
      for (const one of booked) assert.ok(!JSON.stringify(one).includes(CARD), 'the card number is nowhere to be read');

      await scan(house, await shownCode(house, phones[0]));
      await checkedIn(house, '1');
      await pressNumber(house, '2');
      await checkedIn(house, '2');
      const desk = await (await browser.newContext({ viewport: { width: 1180, height: 820 }, ignoreHTTPSErrors: true, locale: 'ja-JP' })).newPage();
      await logIn(desk, `${house.url}/staff/`, 'reception', house.demo.people.reception);
      await desk.getByRole('button', { name: '3番 来院' }).click();
      await until('the desk\'s check-in at the kiosk', async () => (await tickets(house)).some((one) => one.number === '3' && one.state === 'waiting'));
      for (const page of phones) await page.locator('.codes').waitFor({ state: 'detached' }); // who is here needs no code any more

      const paper = await phone(browser);
      await paper.goto(await slipOf(house, reader, booked[0]));
      assert.equal(await mine(paper).innerText(), '1');
      await paper.getByText('まもなくお呼びします').waitFor();
      await phones[2].getByText('あなたの前に2人').waitFor();

      const pressed = performance.now();
      await desk.getByRole('button', { name: /次の方を呼ぶ/ }).first().click();
      await Promise.all([phones[0], paper].map((page) => page.getByRole('heading', { name: 'お呼びしています' }).waitFor({ timeout: PUSHED_MS })));
      t.diagnostic(`from the desk's click to both own pages: ${Math.round(performance.now() - pressed)} ms`);
      assert.match(await phones[0].title(), /^1番 お呼びしています/);
      await phones[1].getByText('まもなくお呼びします').waitFor();
      await until('the call on the monitor', async () => (await house.ctl('status')).monitor.stage?.number === '1', { seconds: 30 });
    } finally {
      await browser.close();
    }
  });
});
