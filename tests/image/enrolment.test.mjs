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
import { Guest, until } from './guest.mjs';

const seconds = +(process.env.MACHIAI_BOOT_SECONDS ?? 600);
const here = path.dirname(fileURLToPath(import.meta.url));
const cloudAddress = '10.0.2.100', printerAddress = '10.0.2.101';
const black = [0, 0, 0], paper = [0xfa, 0xf7, 0xf0];

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

const ctl = (guest, command) => JSON.parse(guest.ssh(`machiai-kiosk ctl --socket /run/machiai/ctl.sock ${command}`));
const status = (guest) => ctl(guest, 'status');
const issued = (guest) => ctl(guest, 'tickets').tickets;

/** A finger on the middle of a widget, by a panel that is plugged in for it. */
function touch(guest, widget, panel) {
  const [left, top, width, height] = status(guest).terminal.areas[widget];
  const at = [left + (width >> 1), top + (height >> 1)];
  guest.ssh(`/root/touch ${at.join(' ')} ${panel.width} ${panel.height}`);
}

async function bothScreens(guest) {
  const pictures = [await guest.picture(0, 'terminal'), await guest.picture(1, 'monitor')];
  assert.ok(pictures[0].share(paper) > 0.3, 'the terminal is the first panel');
  for (const picture of pictures) assert.ok(picture.share(black) < 0.5, 'no panel is dark');
  return pictures[0];
}

test('a card enrols, a finger takes a ticket, the slip arrives', async (t) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'machiai-card-'));
  const house = new House({ dir: path.join(dir, 'house'), build: process.env.MACHIAI_BUILD, films: process.env.MACHIAI_FILMS });
  const guest = new Guest(dir, process.env.MACHIAI_IMAGE);
  t.diagnostic(`kept: ${dir}`);
  try {
    const printer = await furnish(house);
    guest.put('ca.pem', readFileSync(house.seen('tls/ca.pem')));
    guest.put('kiosk.conf', config(house, guest));
    execFileSync('aarch64-linux-gnu-gcc', ['-std=gnu11', '-O2', '-static', '-o', guest.at('touch'), path.join(here, 'touch.c')]);
    await guest.start({ forwards: { [`${cloudAddress}:8443`]: house.port, [`${printerAddress}:9100`]: printer } });
    await until('the start screen', () => status(guest).terminal.areas?.['service:adult'], { seconds, every: 5000 });
    t.diagnostic(`power to start screen: ${guest.seconds().toFixed(0)} s`);
    const panel = await bothScreens(guest);
    guest.ssh('modprobe uinput; cat > /root/touch; chmod 755 /root/touch', readFileSync(guest.at('touch')));
    const ticket = await until('a ticket', () => {
      if (issued(guest).length === 0) touch(guest, 'service:adult', panel); // none is taken while it starts again
      return issued(guest)[0];
    }, { seconds, every: 5000 });
    await until('its slip', async () => (await house.slips()).length > 0, { seconds, every: 2000 });
    t.diagnostic(`power to first slip: ${guest.seconds().toFixed(0)} s`);
    await until('the ticket at the reception', async () => JSON.stringify(await staffView(house)).includes(ticket.ticket), { seconds, every: 2000 });
    await guest.picture(0, 'ticket');
    assert.equal(guest.ssh('systemctl --failed --plain --no-legend'), '', 'no unit has failed');
    t.diagnostic(guest.ssh('free -m | sed -n 2p').trim());
  } finally {
    await guest.stop();
    await house.stop();
    rmSync(guest.card, { force: true });
  }
});
