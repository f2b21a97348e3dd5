// The cloud stalls (SIGSTOP), dies (SIGKILL) and returns: the terminal goes on issuing, the monitor
// goes on playing, and both sides agree afterwards.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { callNext, inHouse, staffView, tickets, until } from './fixture.mjs';

async function take(house) {
  await until('the start screen', async () => {
    const { terminal } = await house.ctl('status');
    if (terminal.screen !== 'start') await house.ctl('tap', 'finish').catch(() => {});
    return terminal.screen === 'start';
  }, { seconds: 40 });
  const before = new Set((await tickets(house)).map((one) => one.ticket));
  const from = Date.now();
  await house.ctl('tap', 'service:adult');
  const ticket = await until('a ticket', async () => (await tickets(house)).find((one) => !before.has(one.ticket) && one.state === 'waiting'), { every: 30 });
  return { ...ticket, ms: Date.now() - from };
}

test('the cloud goes away and comes back', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const first = await take(house);
    assert.match(first.number, /^\d+$/);

    house.cloud.kill('SIGSTOP');
    const stalled = await take(house);
    assert.match(stalled.number, /^[A-Z]\d+$/, 'a number of the kiosk\'s own series');
    assert.ok(stalled.ms < 5000, `took ${stalled.ms} ms`);

    house.cloud.killed = true;
    house.cloud.kill('SIGKILL');
    await house.cloud.done;
    const dead = await take(house);
    assert.match(dead.number, /^[A-Z]\d+$/);
    assert.notEqual(dead.number, stalled.number);

    const frames = (await house.ctl('status')).video.frames;
    await until('the film to go on', async () => (await house.ctl('status')).video.frames > frames + 30, { seconds: 30 });
    await until('a slip of each', async () => (await house.slips()).length === 3, { seconds: 40 });

    await house.startCloud();
    const view = await until('both sides to agree', async () => {
      const staff = await staffView(house);
      const mine = await tickets(house);
      const waiting = staff.tickets.filter((one) => one.state === 'waiting');
      return waiting.length === 3 && (await house.ctl('status')).outbox === 0 &&
        mine.every((one) => staff.tickets.some((other) => other.ticket === one.ticket && other.number === one.number)) && staff;
    }, { seconds: 60 });
    const numbers = view.tickets.filter((one) => one.state === 'waiting').map((one) => one.number);
    assert.equal(new Set(numbers).size, 3, 'no number twice');

    // in the order of acceptance, whatever series their numbers are of
    const order = [];
    for (let i = 0; i < 3; i++) order.push((await callNext(house, `${house.demo.clinic_no}-1`)).json.number);
    assert.deepEqual(order, [first.number, stalled.number, dead.number]);
    const next = await take(house);
    assert.match(next.number, /^\d+$/, 'the main series again');
  });
});
