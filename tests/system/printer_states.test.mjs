// Whatever the printer does: the number is valid, the screen tells the truth, staff know, and once
// the printer is well again the next slip comes, with nobody restarting anything.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { inHouse } from './fixture.mjs';
import { Reader, Staff, killCupsd, run, startCupsd, take, toStart, until } from './printing.mjs';

const STAFF_KNOW_MS = 5000;

/* The fake printer's mode, and what IPP calls it. */
const states = [
  { name: 'paper_out', reasons: /media-empty/ },
  { name: 'cover_open', reasons: /cover-open/ },
  { name: 'refuse', reasons: /offline-report/ },
  { name: 'vanish', reasons: /offline-report/ },
  { name: 'mute', reasons: /offline-report/ },
];

async function reasonsSeen(house, pattern) {
  await until(`the kiosk to see ${pattern}`, async () => pattern.test((await house.ctl('status')).printer), { seconds: 30 });
  return Date.now();
}

async function staffKnow(staff, pattern, seen) {
  const at = await until(`staff to read ${pattern}`, async () => pattern.test(await staff.printer()) && Date.now(), { every: 50 });
  assert.ok(at - seen <= STAFF_KNOW_MS, `staff knew ${at - seen} ms after the kiosk`);
}

/* The patient's screen: no slip, the number, and a QR that leads to this very ticket. */
async function screenTells(house, reader, ticket, name) {
  const { terminal } = await until('the screen without slip', async () => {
    const now = await house.ctl('status');
    return now.terminal.screen === 'no_slip' && now;
  }, { seconds: 30 });
  assert.equal(terminal.number, ticket.number);
  const picture = house.at(`screen-${name}.png`);
  await house.ctl('screenshot', picture, 'terminal');
  assert.equal(await reader.ticketOf(picture), ticket.ticket);
}

async function recovers({ house, reader, staff }) {
  await reasonsSeen(house, /^none$/);
  await staffKnow(staff, /^none$/, Date.now());
  await prints({ house, reader, staff });
}

async function prints({ house, reader, staff }) {
  const ticket = await take(house);
  await until(`the slip of ${ticket.number}`, async () => (await reader.slipsOf(ticket)).length === 1, { seconds: 30 });
  await staff.waits(ticket);
  assert.equal((await house.ctl('status')).terminal.screen, 'ticket');
}

async function fails({ house, reader, staff }, name, reasons, told = reasons) {
  const ticket = await take(house);
  const seen = await reasonsSeen(house, reasons);
  await Promise.all([staffKnow(staff, told, seen), screenTells(house, reader, ticket, name)]);
  await staff.waits(ticket);
}

test('failures of the printer', async (t) => {
  await inHouse(async (house) => {
    await house.startAll();
    const at = { house, reader: new Reader(house), staff: await Staff.at(house) };
    await t.test('well', () => prints(at));
    for (const { name, reasons } of states)
      await t.test(name, async () => {
        await toStart(house);
        await house.printerState(name);
        await fails(at, name, reasons);
        await house.printerState('ok');
        await recovers(at);
      });
    await t.test('cupsd killed', async () => {
      await toStart(house);
      await killCupsd(house);
      await fails(at, 'cupsd', /^$/, /offline-report/);
      await startCupsd(house);
      await recovers(at);
    });
    await t.test('queue deleted', async () => {
      await run('lpadmin', ['-x', 'machiai'], { env: { CUPS_SERVER: house.at('cups/cups.sock') } });
      await prints(at);
    });
    assert.deepEqual(await at.reader.doubled(), []);
  });
});
