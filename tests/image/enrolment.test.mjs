// A card and a cloud: the guest in QEMU enrols over a private wire, a finger on its panel takes a ticket, and
// the slip comes out of a printer's socket. MACHIAI_BUILD and MACHIAI_FILMS name a build of this machine and
// the films, MACHIAI_IMAGE the card's image.
import test from 'node:test';
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { House } from '../../cmake/try/house.mjs';
import { staffView } from '../system/fixture.mjs';
import { Reader } from '../system/printing.mjs';
import { inkOf } from '../system/slip_picture.mjs';
import { colours, figures, image, isStatus, noFailedUnit, othersUp, seconds } from './card.mjs';
import { Guest, sleep, until } from './guest.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const PANEL_SECONDS = 300; // until a panel that is plugged in is the kiosk's
const TOUCH_SECONDS = 120; // until the slip of a touch
const FILM_MS = 3000, MOVED_LEAST = 0.005; // of the film's place, between two looks
const BUTTON_LEAST = 50; // pixels of its height
const INK_LEAST = 0.05, INK_MOST = 0.25; // of a slip
const cloudAddress = '10.0.2.100', printerAddress = '10.0.2.101';

async function furnish(house) {
  await house.open();
  house.cloudOptions = ['--host', '127.0.0.1', '--host', cloudAddress]; // the first one is what it calls itself
  await house.startCloud();
  await house.furnish();
  const printer = house.start('printer', process.execPath,
    [path.join(here, '../fake/printer.mjs'), '--port', '0', '--out', house.at('slips')]);
  return JSON.parse((await printer.line(/^\{.*\}$/))[0]).port;
}

const config = (house, guest) => [
  '[cloud]', `url = https://${cloudAddress}:8443`, 'ca = /boot/firmware/ca.pem', `code = ${house.demo.code}`,
  '[printer]', `uri = escpos://${printerAddress}:9100`, 'paper = 80',
  '[support]', `ssh_key = ${guest.key}`, ''].join('\r\n');

/** The first of the filled buttons that the start screen has on its left side: {top, bottom} in pixels. */
function firstButton(picture) {
  const filled = (y) => picture.share(colours.ai, { left: 0.05, right: 0.6, top: y / picture.height, bottom: (y + 1) / picture.height }) > 0.4;
  for (let top = 0; top < picture.height; top++) {
    let bottom = top;
    while (bottom < picture.height && filled(bottom)) bottom++;
    if (bottom - top >= BUTTON_LEAST) return { top, bottom };
    top = bottom;
  }
  return undefined;
}

/** Both screens as the panels have them: the terminal with its buttons, the monitor in paper and its start over. */
async function bothScreens(guest) {
  const terminal = await guest.picture(0, 'terminal'), monitor = await guest.picture(1, 'monitor');
  const good = terminal.share(colours.paper) > 0.2 && firstButton(terminal) &&
    !isStatus(monitor) && monitor.share(colours.paper) > 0.3 && monitor.share(colours.black) < 0.3;
  return good && terminal;
}

// How often the kiosk has opened the panel that is plugged in: 0 or 1.
const OPENED = 'event=$(basename $(dirname $(dirname $(grep -l "Machiai test panel" /sys/class/input/event*/device/name)))); ' +
  'ls -l /proc/$(systemctl show -P MainPID machiai-kiosk)/fd | grep -c "/dev/input/$event$" || :';

/** A touch panel over the terminal's screen, plugged into a kiosk that runs. Whoever ends it pulls it out. */
async function plugInPanel(guest, { width, height }) {
  guest.ssh('modprobe uinput; cat > /root/touch; chmod 755 /root/touch', readFileSync(guest.at('touch')));
  const panel = guest.hold(`/root/touch ${width} ${height}`);
  await until('the kiosk to notice the panel', () => guest.ssh(OPENED).trim() === '1', { seconds: PANEL_SECONDS, every: 3000 });
  return panel;
}

/** A finger on the middle of the first button until there is a slip: a touch may come while the screen changes. */
async function takeTicket(house, guest, panel) {
  const slip = async () => (await house.slips())[0];
  return until('a slip', async () => {
    const picture = await guest.picture(0), button = firstButton(picture);
    if (button) panel.stdin.write(`${picture.width * 0.3 | 0} ${(button.top + button.bottom) >> 1}\n`);
    return until('a slip of this touch', slip, { seconds: TOUCH_SECONDS });
  }, { seconds });
}

/** The kiosk says that a film plays, and something moves where it plays. */
async function filmMoves(guest) {
  const { monitor } = await guest.ctl('status');
  if (monitor.picture !== 'film') return false;
  const [x, y, width, height] = monitor.film_area;
  const before = await guest.picture(1, 'film');
  const area = { left: x / before.width, top: y / before.height, right: (x + width) / before.width, bottom: (y + height) / before.height };
  await sleep(FILM_MS);
  const after = await guest.picture(1, 'film');
  return (await guest.ctl('status')).monitor.picture === 'film' && after.changed(before, area) > MOVED_LEAST;
}

test('a card enrols, a finger takes a ticket, the slip arrives', async (t) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'machiai-card-'));
  const house = new House({ dir: path.join(dir, 'house'), build: process.env.MACHIAI_BUILD, films: process.env.MACHIAI_FILMS });
  const guest = new Guest(dir, image);
  t.diagnostic(`kept: ${dir}`);
  try {
    const printer = await furnish(house);
    guest.put('ca.pem', readFileSync(house.seen('tls/ca.pem')));
    guest.put('kiosk.conf', config(house, guest));
    execFileSync('aarch64-linux-gnu-gcc', ['-std=gnu11', '-O2', '-static', '-o', guest.at('touch'), path.join(here, 'touch.c')]);
    await guest.start({ forwards: { [`${cloudAddress}:8443`]: house.port, [`${printerAddress}:9100`]: printer } });
    const terminal = await until('both screens', () => bothScreens(guest), { seconds, every: 2000 });
    t.diagnostic(`power to both screens: ${guest.seconds().toFixed(0)} s`);
    const panel = await plugInPanel(guest, terminal);
    t.diagnostic(`power to a touch panel in use: ${guest.seconds().toFixed(0)} s`);
    const slip = await takeTicket(house, guest, panel);
    t.diagnostic(`power to first slip: ${guest.seconds().toFixed(0)} s`);
    await guest.picture(0, 'ticket');
    const ink = inkOf(readFileSync(house.at('slips', slip)));
    assert.ok(ink > INK_LEAST && ink < INK_MOST, `writing and a code on white paper: ${ink} of it is black`);
    await until('the reception to know the ticket that the slip names', async () => {
      const ticket = await new Reader(house).ticketOf(house.at('slips', slip));
      return ticket && (await staffView(house)).tickets.some((one) => one.ticket === ticket && one.state === 'waiting');
    }, { seconds, every: 2000 });
    await until('a film that moves on the monitor', () => filmMoves(guest), { seconds, every: 3000 });
    t.diagnostic(`power to a film on the monitor: ${guest.seconds().toFixed(0)} s`);
    noFailedUnit(guest);
    othersUp(t, guest);
    figures(t, guest);
  } finally {
    await guest.stop();
    await house.stop();
    rmSync(guest.card, { force: true });
  }
});
