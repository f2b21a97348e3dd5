// The terminal in people's hands: a finger or mouse, a keyboard, a numeric keypad and a scanner, as
// the X server delivers them (XTest, by xdotool).
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import assert from 'node:assert/strict';
import { inHouse, sleep, tickets, until } from './fixture.mjs';
import { place, tap, terminal, x } from './hands.mjs';

const pin = '4711';

async function start(house) {
  await house.open();
  await house.startCloud();
  await house.furnish();
  await house.startPrinter();
  await house.startDisplay();
  const line = execFileSync(house.bin.kiosk, ['pin'], { input: `${pin}\n`, encoding: 'utf8' });
  await house.writeConfig(house.demo.code, `\n${line}`);
  await house.startKiosk();
  await until('the start screen', async () => (await terminal(house)).widgets.includes('service:adult'), { seconds: 40 });
}

const shown = (house, screen) => until(screen, async () => (await terminal(house)).screen === screen, { seconds: 30 });
const staff = (house, screen) => until(`staff ${screen}`, async () => (await terminal(house)).staff === screen, { seconds: 30 });

/** A change of screen takes no tap for 400 ms. */
const settled = () => sleep(600);

test('a touch is a ticket, a double tap one ticket, a finger that slides away none', async () => {
  await inHouse(async (house) => {
    await start(house);
    const [left, top] = await place(house, 'service:adult');
    await x(house, 'mousemove', left, top, 'mousedown', 1, 'mousemove', left, 5, 'mouseup', 1);
    await sleep(300);
    assert.equal((await terminal(house)).screen, 'start');
    assert.equal((await tickets(house)).length, 0);
    await tap(house, 'service:adult', 2);
    await shown(house, 'ticket');
    await sleep(1000); // whatever the second tap did, it would be there now
    assert.equal((await terminal(house)).screen, 'ticket');
    assert.equal((await tickets(house)).length, 1);
    await tap(house, 'finish');
    await shown(house, 'start');
    await settled();
    await tap(house, 'service:child');
    await until('the second ticket', async () => (await tickets(house)).length === 2, { seconds: 20 });
  });
});

test('the clinic\'s name held for three seconds asks for the PIN; a numeric keypad types it', async () => {
  await inHouse(async (house) => {
    await start(house);
    const hold = async (ms) => {
      await x(house, 'mousemove', 200, 60, 'mousedown', 1);
      await sleep(ms);
      await x(house, 'mouseup', 1);
    };
    await hold(1000);
    await sleep(300);
    assert.equal((await terminal(house)).staff, '');
    await hold(3800);
    await staff(house, 'pin');
    await x(house, 'key', ...[...'0000'].map((digit) => `KP_${digit}`), 'KP_Enter');
    await until('the wrong PIN', async () => (await terminal(house)).staff_result === 'staff.wrong_pin', { seconds: 30 });
    await x(house, 'key', ...[...pin].map((digit) => `KP_${digit}`), 'KP_Enter');
    await staff(house, 'menu');
    await x(house, 'key', 'Escape');
    await staff(house, '');
  });
});

test('a keyboard goes from card to card, a keypad types a number, a scanner its code', async () => {
  await inHouse(async (house) => {
    await start(house);
    await x(house, 'mousemove', 540, 300, 'key', 'Tab', 'key', 'Return');
    await shown(house, 'ticket');
    assert.equal((await tickets(house)).length, 1);
    await x(house, 'key', 'Escape'); // a ticket is left by its own button alone
    await sleep(300);
    assert.equal((await terminal(house)).screen, 'ticket');
    await tap(house, 'finish');
    await shown(house, 'start');
    await x(house, 'key', 'KP_9', 'KP_0', '7');
    await shown(house, 'checkin');
    await until('three digits', async () => (await terminal(house)).typed === 3);
    await x(house, 'key', 'BackSpace', 'Escape');
    await shown(house, 'start');
    // Letters alone: a person's typing them does nothing here, so only a scan is refused.
    const keys = { ':': 'colon', '/': 'slash', '.': 'period' };
    const code = [...'https://nobody.example/t/NOSUCHCODEXX'].map((letter) => keys[letter] ?? letter);
    await x(house, 'key', '--delay', 1, ...code, 'Return');
    await shown(house, 'refused');
    assert.equal((await tickets(house)).length, 1);
  });
});
