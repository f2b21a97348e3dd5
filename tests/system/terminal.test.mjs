// The terminal in a real kiosk: staff menu and its PIN, a party, check-in, every state on the glass,
// a restart asked for by staff, and a page flip that never comes back.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import assert from 'node:assert/strict';
import { inHouse, tickets, until } from './fixture.mjs';

const pin = '4711';

/** The house with a PIN, a stick, and a kiosk that can be stuck. */
async function start(house) {
  await house.open();
  await house.startCloud();
  await house.furnish();
  await house.startPrinter();
  await house.startDisplay();
  await mkdir(house.at('stick'));
  const line = execFileSync(house.bin.kiosk, ['pin'], { input: `${pin}\n`, encoding: 'utf8' });
  await house.writeConfig(house.demo.code, `\n${line}usb = /nowhere:${house.at('stick')}/\n`);
  await house.startKiosk();
  await until('the kiosk to enrol', async () => (await house.ctl('status')).enrolled, { seconds: 30 });
  await until('the start screen', async () => (await house.ctl('status')).terminal.screen === 'start', { seconds: 30 });
}

const terminal = async (house) => (await house.ctl('status')).terminal;
const shown = (house, screen) => until(screen, async () => (await terminal(house)).screen === screen, { seconds: 30 });

/** Taps until the widget is there: a change of screen takes a turn. */
async function tap(house, ...widgets) {
  for (const widget of widgets) {
    await until(`${widget} can be pressed`, async () => (await terminal(house)).widgets.includes(widget), { seconds: 20 });
    await house.ctl('tap', widget);
  }
}

async function enterPin(house, digits) {
  await tap(house, ...[...digits].map((digit) => `key:${digit}`), 'enter');
}

async function openMenu(house) {
  await house.ctl('staff');
  await enterPin(house, pin);
  await until('the menu', async () => (await terminal(house)).staff === 'menu', { seconds: 30 });
}

const said = (house, key) =>
  until(key, async () => (await terminal(house)).staff_result === key, { seconds: 30 });

test('the staff menu calls, pauses, writes a bundle, restarts; only with the PIN', async () => {
  await inHouse(async (house) => {
    await start(house);
    await tap(house, 'service:adult');
    await shown(house, 'ticket');
    await tap(house, 'finish');
    await house.ctl('staff');
    await assert.rejects(house.ctl('tap', 'next'));
    await enterPin(house, '0000');
    await said(house, 'staff.wrong_pin');
    await enterPin(house, pin);
    await until('the menu', async () => (await terminal(house)).staff === 'menu', { seconds: 30 });
    await tap(house, 'next');
    await said(house, 'staff.done');
    assert.equal((await tickets(house))[0].state, 'called');
    await until('the call on the monitor', async () => (await house.ctl('status')).monitor.stage?.number === '1', { seconds: 20 });
    await tap(house, 'in_room');
    await until('in the room', async () => (await tickets(house))[0].state === 'in_room', { seconds: 20 });
    await tap(house, 'pause');
    await said(house, 'staff.done');
    await tap(house, 'usb');
    await said(house, 'staff.usb_written');
    const [bundle] = await readdir(house.at('stick'));
    const config = execFileSync('tar', ['-xOf', house.at('stick', bundle), 'kiosk.conf'], { encoding: 'utf8' });
    assert.match(config, /\[staff\]/);
    assert.doesNotMatch(config, /argon2id/);
    const everything = execFileSync('tar', ['-xOf', house.at('stick', bundle)], { encoding: 'utf8' });
    const names = execFileSync('tar', ['-tf', house.at('stick', bundle)], { encoding: 'utf8' }).trim().split('\n');
    for (const name of ['version.txt', 'status.json', 'kiosk.conf', 'kiosk.log', 'meminfo.txt', 'mounts.txt']) assert.ok(names.includes(name), name);
    const identity = JSON.parse(await readFile(house.at('kiosk/identity.json'), 'utf8'));
    const [ticket] = await tickets(house);
    const secrets = [house.demo.code, identity.token, identity.code_hash, pin, ticket.ticket, '/t/', house.demo.people.reception];
    for (const secret of secrets) assert.ok(!everything.includes(secret), `${secret} is no business of support`);
    for (const name of ['さくら台', '03-']) assert.ok(!everything.includes(name), 'no name, no telephone');
    assert.equal(JSON.parse(execFileSync('tar', ['-xOf', house.at('stick', bundle), 'status.json'], { encoding: 'utf8' })).enrolled, true);
    await tap(house, 'close');
    await shown(house, 'closed');
    await openMenu(house);
    await tap(house, 'pause');
    await until('the start screen', async () => (await terminal(house)).screen === 'start', { seconds: 20 });
    await tap(house, 'restart', 'restart');
    await until('the kiosk to come again', async () => {
      const status = await house.ctl('status').catch(() => null);
      return status?.loop.turns < 400 && status.terminal.staff === '' && status.terminal.screen === 'start';
    }, { seconds: 60 });
    assert.equal((await tickets(house))[0].number, '1');
  });
});

test('a party, a booking that is not there, a scanner, and every state on the glass', async () => {
  await inHouse(async (house) => {
    await start(house);
    await tap(house, 'family', 'persons:3', 'service:child');
    await shown(house, 'ticket');
    await until('three tickets', async () => (await tickets(house)).length === 3, { seconds: 20 });
    await until('three slips', async () => (await house.slips()).length === 3, { seconds: 60 });
    await until('the slips are out', async () => (await terminal(house)).slip_done, { seconds: 30 });
    await tap(house, 'finish');
    assert.ok(!(await terminal(house)).widgets.includes('again'));
    await house.ctl('type', 'https://nobody.example/t/NOSUCHCODE22');
    await shown(house, 'refused');
    await tap(house, 'finish', 'checkin', 'key:9', 'key:9', 'key:9', 'enter');
    await shown(house, 'refused');
    await tap(house, 'finish');

    const states = await house.ctl('show', 'nothing').then(() => [], (error) => /and: ([a-z0-9_ -]+)/.exec(error.message)?.[1].trim().split(' ') ?? []);
    assert.ok(states.length > 50, `only ${states}`);
    for (const state of states) {
      await house.ctl('show', state, 'en');
      const [screen, staff] = state.startsWith('staff-') ? [undefined, /^staff-([a-z]+)/.exec(state)[1].replace('reissue', 'number')] : [state.split('-')[0], ''];
      await until(state, async () => {
        const now = await terminal(house);
        return now.staff === staff && (screen ?? now.screen) === now.screen;
      }, { seconds: 10 });
      assert.deepEqual((await terminal(house)).widgets, [], 'a picture has nothing to press');
    }
    await house.ctl('show', 'ticket-family', 'ja');
    await house.ctl('screenshot', house.at('family.png'));
    assert.ok(existsSync(house.at('family.png')));
    await house.ctl('show', 'off');
    await shown(house, 'start');
  });
});

test('a kiosk without a code shows one; the contractor enters it on the page that its QR names', async () => {
  await inHouse(async (house) => {
    await house.open();
    await house.startCloud();
    await house.furnish();
    await house.startPrinter();
    await house.startDisplay();
    await house.writeConfig('');
    await house.startKiosk();
    const code = await until('the pairing code', async () => (await terminal(house)).pairing, { seconds: 30 });
    assert.equal((await terminal(house)).screen, 'setup');
    await house.ctl('screenshot', house.at('setup.png'));
    const qr = execFileSync('zbarimg', ['-q', '--raw', house.at('setup.png')], { encoding: 'utf8' }).trim();
    assert.equal(qr, `${house.url}/pair/#${code}`);
    const page = await house.api('GET', new URL(qr).pathname);
    assert.equal(page.status, 200);
    assert.match(page.text, /pair\.js/);
    const login = await house.api('POST', '/api/v1/sessions', { user: 'manager', password: house.demo.people.manager });
    const headers = { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
    const pairings = `/api/v1/sites/${house.demo.site}/pairings`;
    assert.equal((await house.api('POST', pairings, { code: 'AAAA-AAAA' }, headers)).status, 404);
    assert.equal((await terminal(house)).screen, 'setup');
    assert.equal((await house.api('POST', pairings, { code, name: '正面入口' }, headers)).status, 201);
    await shown(house, 'start');
    assert.equal((await terminal(house)).pairing, undefined);
  });
});

test('a page flip that never comes back ends the kiosk, and nothing is lost', async () => {
  await inHouse(async (house) => {
    house.kioskEnv = {
      LD_PRELOAD: path.join(process.env.MACHIAI_BUILD, 'tests/system/libstuck-present.so'),
      MACHIAI_STUCK_PRESENT: house.at('stuck'),
      WATCHDOG_USEC: '4000000',
      ASAN_OPTIONS: 'verify_asan_link_order=0:handle_abort=0',
    };
    await start(house);
    await tap(house, 'service:adult');
    await shown(house, 'ticket');
    const before = await tickets(house);
    house.kiosk.killed = true; // its end is not to be a clean one
    await writeFile(house.at('stuck'), '');
    await until('the watchdog', () => house.kiosk.exited, { seconds: 60 });
    assert.equal(house.kiosk.exited.signal, 'SIGABRT');
    await rm(house.at('stuck'));
    await house.startKiosk();
    const after = await tickets(house);
    assert.deepEqual(after.map((one) => one.ticket), before.map((one) => one.ticket));
  });
});
