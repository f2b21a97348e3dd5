// SIGKILL between touch and slip: the ticket is stored once, and shown again after the restart.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { inHouse, sleep, staffView, tickets, until } from './fixture.mjs';

const shown = (status) => ['ticket', 'no_slip'].includes(status.terminal.screen);
const live = (view) => view.tickets.filter((one) => !['cancelled', 'done'].includes(one.state));

async function kill(house) {
  house.kiosk.killed = true;
  house.kiosk.kill('SIGKILL');
  await house.kiosk.done;
}

async function touchAndKill(house, when) {
  await house.startAll();
  await house.printerState('slow');
  await house.ctl('tap', 'service:adult');
  await when();
  await kill(house);
  await house.printerState('ok');
  await house.startKiosk();
}

for (const [name, delay] of [['as soon as it is stored', 0], ['while it is printed', 700]]) {
  test(`killed ${name}`, async () => {
    await inHouse(async (house) => {
      let stored;
      await touchAndKill(house, async () => {
        stored = await until('the ticket to be stored', async () => (await tickets(house))[0], { every: 5 });
        await sleep(delay);
      });
      const status = await until('the ticket on the screen', async () => {
        const now = await house.ctl('status');
        return shown(now) && now;
      }, { seconds: 30 });
      assert.equal(status.terminal.number, stored.number);
      const view = await until('the cloud to know it', async () => {
        const staff = await staffView(house);
        return staff.tickets.some((one) => one.ticket === stored.ticket && one.state === 'waiting') && staff;
      });
      assert.equal(live(view).length, 1, 'stored once');
      await sleep(3000);
      assert.ok((await house.slips()).length <= 1, 'at most one slip');
    });
  });
}

// So soon after the touch that it may or may not have been stored: all of it, or nothing of it.
for (const delay of [0, 60]) {
  test(`killed ${delay} ms after the touch`, async () => {
    await inHouse(async (house) => {
      await touchAndKill(house, () => sleep(delay));
      const status = await until('start or ticket', async () => {
        const now = await house.ctl('status');
        return now.online && (shown(now) || now.terminal.screen === 'start') && now;
      }, { seconds: 30 });
      const view = await until('both sides to agree', async () => {
        const staff = await staffView(house), mine = await tickets(house);
        const waiting = live(staff).filter((one) => one.state === 'waiting');
        return mine.length === waiting.length && live(staff).length === waiting.length && staff;
      });
      const [ticket] = live(view);
      assert.ok(live(view).length <= 1, 'stored once at most');
      assert.equal(shown(status), Boolean(ticket), 'shown if and only if stored');
      if (ticket) assert.equal(status.terminal.number, ticket.number);
      await sleep(3000);
      assert.ok((await house.slips()).length <= live(view).length, 'no slip without its ticket');
    });
  });
}
