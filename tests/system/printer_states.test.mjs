// Whatever the printer does: the number is valid, the screen tells the truth, staff know, and once
// the printer is well again the next slip comes, with nobody restarting anything.
//
// MACHIAI_PICTURES=DIR keeps the screens and the console of each state, to be looked at.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inHouse } from './fixture.mjs';
import { logIn, openBrowser, openPage } from '../../cmake/try/browser.mjs';
import { Reader, Staff, killCupsd, run, startCupsd, take, toStart, until } from './printing.mjs';

const STAFF_KNOW_MS = 5000;

/* The first slip of all meets it, when nothing is known of the printer but that it has answered. */
const falls = { name: 'hang', reasons: /offline-report/, alarm: /印刷できません/, language: 'en' };

/* The fake printer's mode, what IPP calls it, what the console says, and a patient's language. */
const states = [
  { name: 'paper_out', reasons: /media-empty/, alarm: /用紙がなくなりました/, language: 'ja' },
  { name: 'cover_open', reasons: /cover-open/, alarm: /カバーが開いています/, language: 'en' },
  { name: 'error', reasons: /other-error/, alarm: /印刷できません/, language: 'ko' },
  { name: 'offline', reasons: /offline-report/, alarm: /印刷できません/, language: 'zh-Hans' },
  { name: 'refuse', reasons: /offline-report/, alarm: /印刷できません/, language: 'vi' },
  { name: 'vanish', reasons: /offline-report/, alarm: /印刷できません/, language: 'pt' },
  { name: 'mute', reasons: /offline-report/, alarm: /印刷できません/, language: 'ja-easy' },
  { ...falls, language: 'ja' },
];

/* A ticket in a language of the patient's. */
async function takeIn(house, language) {
  await toStart(house);
  await until(`the language ${language}`, () => house.ctl('tap', `language:${language}`));
  return take(house);
}

async function reasonsSeen(house, pattern) {
  await until(`the kiosk to see ${pattern}`, async () => pattern.test((await house.ctl('status')).printer), { seconds: 30, every: 50 });
  return Date.now();
}

async function staffKnow(staff, pattern, seen) {
  const at = await until(`staff to read ${pattern}`, async () => pattern.test(await staff.printer()) && Date.now(), { every: 50 });
  assert.ok(at - seen <= STAFF_KNOW_MS, `the cloud knew ${at - seen} ms after the kiosk`);
}

/* The console that stands open at reception; nobody reloads it. */
class Console {
  static async at(house) {
    const browser = await openBrowser(), page = await openPage(browser);
    await logIn(page, `${house.url}/staff/`, 'reception', house.demo.people.reception);
    await page.locator('main').first().waitFor();
    return Object.assign(new Console(), { browser, page });
  }

  async alarmed(pattern, seen) {
    await this.page.locator('.alarm', { hasText: pattern }).waitFor({ timeout: STAFF_KNOW_MS + 5000 });
    assert.ok(Date.now() - seen <= STAFF_KNOW_MS, `the console told it ${Date.now() - seen} ms after the kiosk`);
  }

  async calm() {
    await this.page.locator('.alarm').waitFor({ state: 'detached', timeout: 10000 });
  }
}

async function keep(file, name) {
  if (!process.env.MACHIAI_PICTURES) return;
  await mkdir(process.env.MACHIAI_PICTURES, { recursive: true });
  await copyFile(file, path.join(process.env.MACHIAI_PICTURES, name));
}

/* The patient's screen: no slip, the number, and a QR that leads to this very ticket. */
async function screenTells({ house, reader }, ticket, name) {
  const { terminal } = await until('the screen without slip', async () => {
    const now = await house.ctl('status');
    return now.terminal.screen === 'no_slip' && now;
  }, { seconds: 30 });
  assert.equal(terminal.number, ticket.number);
  const picture = house.at(`screen-${name}.png`);
  await house.ctl('screenshot', picture, 'terminal');
  await keep(picture, `screen-${name}.png`);
  assert.equal(await reader.ticketOf(picture), ticket.ticket);
}

async function recovers(at) {
  await reasonsSeen(at.house, /^none$/);
  await staffKnow(at.staff, /^none$/, Date.now());
  await at.console.calm();
  await prints(at);
}

async function prints({ house, reader, staff }, taking = take) {
  const ticket = await taking(house);
  await until(`the slip of ${ticket.number}`, async () => (await reader.slipsOf(ticket)).length === 1, { seconds: 30 });
  await staff.waits(ticket);
  return ticket;
}

async function fails(at, { name, reasons, told = reasons, alarm, language }) {
  const ticket = await takeIn(at.house, language);
  const seen = await reasonsSeen(at.house, reasons);
  await Promise.all([staffKnow(at.staff, told, seen), at.console.alarmed(alarm, seen), screenTells(at, ticket, `${name}-${language}`)]);
  if (process.env.MACHIAI_PICTURES) await at.console.page.screenshot({ path: path.join(process.env.MACHIAI_PICTURES, `console-${name}.png`) });
  await at.staff.waits(ticket);
}

const lpadmin = (house, command, ...args) => run(command, args, { env: { CUPS_SERVER: house.at('cups/cups.sock') } });

/* What does not stop slips: the slip comes, and staff hear of a low roll without an alarm. */
async function printsAllTheSame(t, at) {
  await t.test('near_end', async () => {
    await at.house.printerState('near_end');
    const ticket = await prints(at);
    assert.equal((await at.house.ctl('status')).terminal.screen, 'ticket');
    const seen = await reasonsSeen(at.house, /media-low/);
    await staffKnow(at.staff, /media-low/, seen);
    await at.console.page.getByText('用紙が残り少し').first().waitFor({ timeout: STAFF_KNOW_MS });
    assert.equal(await at.console.page.locator('.alarm').count(), 0, 'nobody has to run');
    assert.equal((await at.reader.slipsOf(ticket)).length, 1);
    await at.house.printerState('ok');
    await recovers(at);
  });
  await t.test('slow', async () => {
    await at.house.printerState('slow');
    const ticket = await prints(at);
    await at.house.printerState('ok');
    await recovers(at);
    assert.equal((await at.reader.slipsOf(ticket)).length, 1);
  });
}

/* Somebody's hands in CUPS: mended by the next slip, or before it. */
async function queueIsMended(t, at) {
  const hands = {
    'queue disabled': (house) => lpadmin(house, 'cupsdisable', 'machiai'),
    'queue rejecting jobs': (house) => lpadmin(house, 'cupsreject', 'machiai'),
    'queue deleted': (house) => lpadmin(house, 'lpadmin', '-x', 'machiai'),
  };
  for (const [name, act] of Object.entries(hands))
    await t.test(name, async () => {
      await toStart(at.house);
      await act(at.house);
      await prints(at);
      assert.equal((await at.house.ctl('status')).terminal.screen, 'ticket');
    });
}

test('failures of the printer', async (t) => {
  await inHouse(async (house) => {
    await house.startAll();
    const at = { house, reader: new Reader(house), staff: await Staff.at(house), console: await Console.at(house) };
    try {
      await t.test('hang, before any slip', async () => {
        await reasonsSeen(house, /^none$/);
        await house.printerState('hang');
        await fails(at, falls);
        await house.printerState('ok');
        await recovers(at);
      });
      await t.test('well', () => prints(at));
      for (const state of states)
        await t.test(state.name, async () => {
          await toStart(house);
          await house.printerState(state.name);
          await fails(at, state);
          await house.printerState('ok');
          await recovers(at);
        });
      await t.test('cupsd killed', async () => {
        await toStart(house);
        await killCupsd(house);
        await fails(at, { name: 'cupsd', reasons: /^$/, told: /offline-report/, alarm: /印刷できません/, language: 'ja' });
        await startCupsd(house);
        await recovers(at);
      });
      await printsAllTheSame(t, at);
      await queueIsMended(t, at);
      assert.deepEqual(await at.reader.doubled(), []);
    } finally {
      await at.console.browser.close();
    }
  });
});
