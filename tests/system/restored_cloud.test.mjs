// The cloud's disk dies and an old backup comes back, while two kiosks hold what was given since: no
// number is given twice, none that a kiosk knew is lost, what happened to a ticket is known again, and
// staff are told.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { truncate, readFile, writeFile } from 'node:fs/promises';
import { callNext, inHouse, run, sleep, staffView, tickets, until } from './fixture.mjs';

/** A terminal without a printer: its numbers are shown, not printed. */
async function secondKiosk(house) {
  const { code } = await house.admin('device', 'code', '--site', house.demo.site);
  const config = (await readFile(house.at('kiosk.conf'), 'utf8'))
    .replace(/^code = .*$/m, `code = ${code}`)
    .replace(/^data = .*$/m, `data = ${house.at('kiosk2')}`)
    .replace(/^role = .*$/m, 'role = terminal')
    .replace(/^socket = .*$/m, `socket = ${house.at('kiosk2.sock')}`)
    .replace(/\[printer\][^[]*/, '');
  await writeFile(house.at('kiosk2.conf'), config);
  const second = Object.create(house);
  second.ctl = async (...args) => JSON.parse(await run(house.bin.kiosk, ['ctl', '--socket', house.at('kiosk2.sock'), ...args], { seconds: 20 }));
  second.kiosk = house.start('kiosk2', house.bin.kiosk, ['run', '--config', house.at('kiosk2.conf')],
    { env: { ...house.kioskEnv, DISPLAY: house.display, SDL_VIDEODRIVER: 'x11', SDL_RENDER_DRIVER: 'software', SDL_FRAMEBUFFER_ACCELERATION: '0', LSAN_OPTIONS: 'detect_leaks=0' } });
  await until('the second kiosk to enrol', async () => (await second.ctl('status')).enrolled, { seconds: 40 });
  return second;
}

async function take(kiosk) {
  await until('the start screen', async () => {
    const { terminal } = await kiosk.ctl('status');
    if (terminal.screen !== 'start') await kiosk.ctl('tap', 'finish').catch(() => {});
    return terminal.screen === 'start';
  }, { seconds: 40 });
  const before = new Set((await tickets(kiosk)).map((one) => one.ticket));
  await kiosk.ctl('tap', 'service:adult');
  return until('a ticket', async () => {
    const { terminal } = await kiosk.ctl('status'); // the other kiosk's come by themselves
    return (await tickets(kiosk)).find((one) => !before.has(one.ticket) && one.state === 'waiting' && one.number === terminal.number);
  }, { every: 50, seconds: 30 });
}

const uploaded = (kiosk) => until('all to be uploaded', async () => (await kiosk.ctl('status')).outbox === 0, { seconds: 90 });

async function atDesk(house) {
  const { cookie, csrf } = await staffView(house);
  const answer = await house.api('POST', `/api/v1/queues/${house.demo.clinic_no}-1/tickets`,
    { ticket: randomUUID(), service: 'adult' }, { Cookie: cookie, 'X-CSRF-Token': csrf });
  assert.equal(answer.status, 201, answer.text);
  return answer.json.number;
}

test('an old backup comes back under two kiosks', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const second = await secondKiosk(house);
    const both = [house, second], given = [];
    for (const kiosk of both) given.push(await take(kiosk));
    for (const kiosk of both) await uploaded(kiosk);
    await house.admin('backup', house.at('backup.db'));

    // the hour that the backup lacks
    for (const kiosk of [house, second, house]) given.push(await take(kiosk));
    const desk = await atDesk(house);
    const called = (await callNext(house, `${house.demo.clinic_no}-1`)).json.number;
    assert.equal(called, given[0].number);
    for (const kiosk of both) {
      await uploaded(kiosk);
      await until('the kiosk to hear of the desk\'s', async () => (await tickets(kiosk)).some((one) => one.number === desk));
    }
    for (const kiosk of both) kiosk.kiosk.kill('SIGSTOP');
    const unseen = await atDesk(house); // acknowledged, and no kiosk ever hears of it
    house.cloud.killed = true;
    house.cloud.kill('SIGKILL');
    await house.cloud.done;
    for (const kiosk of both) kiosk.kiosk.kill('SIGCONT');
    for (const kiosk of both) {
      const own = await take(kiosk);
      assert.match(own.number, /^[A-Z]\d+$/);
      given.push(own);
    }

    await truncate(house.at('cloud/machiai.db'), 100);
    await house.admin('restore', house.at('backup.db'));
    await house.startCloud();
    for (const kiosk of both) await uploaded(kiosk);

    // none is lost, and what had happened is known
    const view = await until('the cloud to have all again', async () => {
      const staff = await staffView(house);
      return given.every((one) => staff.tickets?.some((other) => other.ticket === one.ticket && other.number === one.number)) && staff;
    }, { seconds: 90 });
    assert.equal(view.tickets.find((one) => one.number === called).state, 'called');
    assert.ok(view.tickets.some((one) => one.number === desk && one.state === 'waiting'), 'the desk\'s number');

    // staff are told
    const told = await until('staff to be told', async () => {
      const kinds = (await staffView(house)).notices.map((one) => one.kind);
      return kinds.includes('restored') && kinds.includes('recovered') && kinds;
    }, { seconds: 120 });
    assert.ok(!told.includes('diverged') && !told.includes('state'), told.join());

    // and nothing is given twice
    const later = [];
    for (const kiosk of both) {
      later.push(await until('a main number', async () => {
        const one = await take(kiosk);
        if (/^\d+$/.test(one.number)) return one;
        given.push(one);
        await sleep(1000);
        return false;
      }, { seconds: 120 }));
    }
    for (const one of later) assert.ok(Number(one.number) > Number(unseen), `${one.number} after ${unseen}`);
    for (const kiosk of both) await uploaded(kiosk);
    const all = await until('all to agree', async () => {
      const { tickets: here } = await staffView(house);
      const numbers = (list) => list.map((one) => `${one.ticket} ${one.number} ${one.state}`).sort().join();
      return numbers(await tickets(house)) === numbers(await tickets(second)) &&
        [...given, ...later].every((one) => here.some((other) => other.ticket === one.ticket && other.number === one.number)) && here;
    }, { seconds: 60 });
    const numbers = all.map((one) => one.number);
    assert.equal(new Set(numbers).size, numbers.length, `a number twice: ${numbers.join(' ')}`);
  });
});
