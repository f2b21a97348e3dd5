// Staff at the kiosk while the cloud is away, a party's slips, and a patient who has a booking: the
// real kiosk, cloud, cupsd and screens.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { inHouse } from './fixture.mjs';
import { Reader, Staff, take, tickets, toStart, until } from './printing.mjs';

async function stopCloud(house) {
  house.cloud.killed = true;
  house.cloud.kill('SIGKILL');
  await house.cloud.done;
  await until('the kiosk to notice', async () => !(await house.ctl('status')).online, { seconds: 30 });
}

const onStage = (house, number) => until(`${number} on the monitor's stage`, async () => (await house.ctl('status')).monitor.stage?.number === number, { seconds: 30 });

test('a call from the kiosk without the cloud', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const first = await take(house);
    await stopCloud(house);
    const second = await take(house);
    const called = await house.ctl('call-next', '1');
    assert.equal(called.number, first.number);
    await onStage(house, first.number);
    assert.ok((await house.ctl('status')).outbox > 0, 'durable, not yet uploaded');
    assert.equal((await house.ctl('call', second.number)).number, second.number);
    await assert.rejects(house.ctl('call-next', '1'), /nobody/i);

    await house.startCloud();
    const staff = await Staff.at(house);
    await until('the calls in the staff\'s list', async () => {
      const { tickets: list } = await staff.view();
      return [first, second].every((one) => list.some((other) => other.ticket === one.ticket && other.state === 'called'));
    }, { seconds: 60 });
    assert.equal((await house.ctl('status')).outbox, 0);
  });
});

test('three slips of a family', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const reader = new Reader(house);
    await toStart(house);
    await until('the party', () => house.ctl('tap', 'family'));
    await until('how many', () => house.ctl('tap', 'persons:3'));
    await until('the service', () => house.ctl('tap', 'service:child'));
    const party = await until('three tickets', async () => {
      const all = await tickets(house);
      return all.length === 3 && all;
    });
    const numbers = party.map((one) => Number(one.number)).sort((a, b) => a - b);
    assert.deepEqual(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2]);
    await until('one slip each', async () => {
      const slips = await reader.slips();
      return slips.length === 3 && new Set(slips.map(([, owner]) => owner)).size === 3;
    }, { seconds: 60 });
  });
});

test('check-in by number, and a slip printed again at the kiosk', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const reader = new Reader(house), staff = await Staff.at(house);
    const now = Date.now();
    const booked = await house.api('POST', `/api/v1/queues/${house.demo.clinic_no}-1/tickets`,
      { ticket: randomUUID(), service: 'adult', booking: true, slot_from: now + 600000, slot_to: now + 4200000 }, staff.headers);
    assert.equal(booked.status, 201);
    assert.equal(booked.json.state, 'reserved');
    await toStart(house);
    await until('check-in', () => house.ctl('tap', 'checkin'));
    for (const digit of booked.json.number) await until('a key', () => house.ctl('tap', `key:${digit}`));
    await until('enter', () => house.ctl('tap', 'enter'));
    await staff.waits({ ticket: booked.json.ticket, number: booked.json.number });
    const mine = { ticket: booked.json.ticket };
    await until('its slip', async () => (await reader.slipsOf(mine)).length === 1, { seconds: 60 });

    assert.equal((await house.ctl('reissue', booked.json.number)).number, booked.json.number);
    await until('the further slip', async () => (await reader.slipsOf(mine)).length === 2, { seconds: 60 });
    await until('the staff to see it', async () => (await staff.view()).tickets
      .some((one) => one.ticket === mine.ticket && one.reissues === 1));
  });
});
