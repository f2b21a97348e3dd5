// SIGKILL between touch and slip: the ticket is stored once, and shown again after the restart.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { inHouse, sleep, staffView, tickets, until } from './fixture.mjs';

for (const delay of [0, 40, 150, 400]) {
  test(`killed ${delay} ms after the touch`, async () => {
    await inHouse(async (house) => {
      await house.startAll();
      await house.printerState('slow');
      await house.ctl('tap', 'service:naika');
      await sleep(delay);
      house.kiosk.killed = true;
      house.kiosk.kill('SIGKILL');
      await house.kiosk.done;
      await house.printerState('ok');

      await house.startKiosk();
      const status = await until('the ticket on the screen', async () => {
        const now = await house.ctl('status');
        return ['ticket', 'no_slip'].includes(now.terminal.screen) && now;
      }, { seconds: 30 });
      const [ticket] = await tickets(house);
      assert.equal(status.terminal.number, ticket.number);

      const view = await until('the cloud to know it', async () => {
        const staff = await staffView(house);
        return staff.tickets.some((one) => one.ticket === ticket.ticket && one.state === 'waiting') && staff;
      });
      const live = view.tickets.filter((one) => !['cancelled', 'done'].includes(one.state));
      assert.equal(live.length, 1, 'stored once');
      await sleep(3000);
      assert.ok((await house.slips()).length <= 1, 'at most one slip');
    });
  });
}
