// No paper, so no slip; paper again, and staff have it printed from their list: once, with the band,
// by the kiosk that gave the number.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { inHouse } from './fixture.mjs';
import { logIn, openBrowser, openPage } from '../../cmake/try/browser.mjs';
import { inkOfBand } from './slip_picture.mjs';
import { Reader, Staff, take, until } from './printing.mjs';

async function pressReissue(page, house, number) {
  await logIn(page, `${house.url}/staff/`, 'reception', house.demo.people.reception);
  await page.getByRole('button', { name: new RegExp(`^${number}番`) }).and(page.locator('.opener')).click();
  await page.getByRole('group').getByRole('button', { name: /再発行/ }).click();
  await page.getByText(`${number}番の番号票を、発券した端末で印刷し直します`).first().waitFor();
}

test('reissue from the staff page', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const reader = new Reader(house), staff = await Staff.at(house);
    await house.printerState('paper_out');
    const ticket = await take(house);
    await until('the screen without slip', async () => (await house.ctl('status')).terminal.screen === 'no_slip', { seconds: 30 });
    await house.printerState('ok');
    await until('the printer to be well', async () => (await house.ctl('status')).printer === 'none', { seconds: 30 });
    await staff.waits(ticket);
    assert.deepEqual(await reader.slips(), []);

    const browser = await openBrowser();
    try {
      await pressReissue(await openPage(browser), house, ticket.number);
    } finally {
      await browser.close();
    }
    const [slip] = await until('the further slip', async () => {
      const mine = await reader.slipsOf(ticket);
      return mine.length > 0 && mine;
    });
    assert.ok(inkOfBand(await readFile(house.at('slips', slip))) > 0.5, 'the band 再発行 at its top');
    const known = await until('the staff list to count it', async () => (await staff.view()).tickets
      .find((one) => one.ticket === ticket.ticket && one.slips > 0));
    assert.equal(known.reissues, 1);
    assert.equal(known.state, 'waiting');

    // an ordinary slip has no band; a number that is over gets none
    const next = await take(house);
    const [plain] = await until('the next slip', async () => {
      const mine = await reader.slipsOf(next);
      return mine.length > 0 && mine;
    });
    assert.ok(inkOfBand(await readFile(house.at('slips', plain))) < 0.3);
    await staff.log({ kind: 'ticket_cancelled', ticket: ticket.ticket });
    const { entry } = await staff.log({ kind: 'slip_requested', ticket: ticket.ticket });
    assert.equal(entry.verdict, 'refused');
    assert.equal((await reader.slipsOf(ticket)).length, 1);
  });
});

const further = (reader, ticket, count) => until(`slip ${count} of ${ticket.number}`, async () => {
  const mine = await reader.slipsOf(ticket);
  return mine.length >= count && mine;
}, { seconds: 30 });

test('reissue at the kiosk, its line cut', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const reader = new Reader(house), staff = await Staff.at(house);
    const ticket = await take(house);
    await further(reader, ticket, 1);
    await staff.waits(ticket);
    const cloud = { port: house.port };
    await house.cloud.stop();
    await until('the line to be down', async () => !(await house.ctl('status')).online, { seconds: 60 });

    await house.ctl('reissue', ticket.number);
    const names = await until('the further slip', async () => {
      const all = await house.slips();
      return all.length === 2 && all;
    }, { seconds: 30 });
    assert.ok(inkOfBand(await readFile(house.at('slips', names[1]))) > 0.5, 'the band 再発行');

    // the cloud learns of it afterwards: the former slip is void in the ledger, nothing is printed again
    house.port = cloud.port;
    await house.startCloud();
    await until('the line', async () => (await house.ctl('status')).online, { seconds: 60 });
    const again = await Staff.at(house);
    await until('the ledger to count it', async () => (await again.view()).tickets
      .find((one) => one.ticket === ticket.ticket && one.reissues === 1), { seconds: 30 });
    assert.equal((await further(reader, ticket, 2)).length, 2);
  });
});

test('a test print is no number', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    await house.ctl('print-test');
    await until('its end', async () => (await house.ctl('status')).slip.test === 'printed', { seconds: 30 });
    assert.equal((await house.slips()).length, 1);
    assert.deepEqual((await house.ctl('tickets')).tickets, []);
    await house.printerState('paper_out');
    await house.ctl('print-test');
    await until('its failure', async () => (await house.ctl('status')).slip.test === 'failed', { seconds: 30 });
    assert.equal((await house.slips()).length, 1);
  });
});
