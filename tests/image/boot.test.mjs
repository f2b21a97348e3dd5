// The card's image in QEMU: what stands on the screens, and whether every unit is well.
//   MACHIAI_IMAGE=build/image/machiai-VERSION.img.zst node --test tests/image/boot.test.mjs
// The guest's directory stays where it is, with serial.log and the pictures, for whoever wants to look.
import test from 'node:test';
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { Guest, until } from './guest.mjs';

const image = process.env.MACHIAI_IMAGE;
const seconds = +(process.env.MACHIAI_BOOT_SECONDS ?? 600);
const paper = [0xfa, 0xf7, 0xf0], ink = [0x14, 0x20, 0x2e], black = [0, 0, 0];

/** The status screen as the terminal draws it: paper, a dark bar above, next to nothing black. */
const shows = (picture) => picture.share(paper) > 0.3 && picture.share(ink) > 0.05 && picture.share(black) < 0.3;

async function inGuest(t, config, body) {
  const guest = new Guest(mkdtempSync(path.join(os.tmpdir(), 'machiai-card-')), image);
  t.diagnostic(`kept: ${guest.dir}`);
  try {
    guest.put('kiosk.conf', config(guest));
    await guest.start();
    await body(guest);
  } finally {
    await guest.stop();
    rmSync(guest.card, { force: true });
  }
}

/** The monitor may play relaxation footage meanwhile; no panel is left with the console's black. */
async function status(t, guest) {
  await until('the status screen on a panel, and nothing black on the other', async () => {
    const pictures = [await guest.picture(0), await guest.picture(1)];
    return pictures.some(shows) && pictures.every((picture) => picture.share(black) < 0.5);
  }, { seconds, every: 2000 });
  t.diagnostic(`power to status screen: ${guest.seconds().toFixed(0)} s`);
}

async function allWell(t, guest) {
  const state = await until('every unit started', () => {
    const said = guest.ssh('systemctl is-system-running || :').trim();
    return said !== 'starting' && said !== 'initializing' && said;
  }, { seconds, every: 5000 });
  t.diagnostic(`power to everything started: ${guest.seconds().toFixed(0)} s`);
  t.diagnostic(guest.ssh('systemd-analyze time | head -n 1; free -m | sed -n 2p').trim());
  assert.equal(guest.ssh('systemctl --failed --plain --no-legend'), '', 'no unit has failed');
  assert.equal(state, 'running');
}

test('a right kiosk.conf: status screen, every unit well, what lasts lies apart', async (t) => {
  await inGuest(t, (guest) => `[cloud]\r\nurl = https://10.0.2.100:8443\r\n[support]\r\nssh_key = ${guest.key}\r\n`, async (guest) => {
    await status(t, guest);
    await allWell(t, guest);
    const mounts = guest.ssh('findmnt -rno TARGET,OPTIONS /records /media /ro /boot/firmware /var/lib/machiai 2>&1; findmnt -rn -o TARGET,SOURCE,OPTIONS; cat /proc/cmdline');
    for (const place of ['/records', '/media', '/var/lib/machiai', '/boot/firmware']) assert.match(mounts, new RegExp(`^${place} `, 'm'));
    assert.equal(guest.ssh('ls -A /var/lib/machiai').includes('journal'), true, 'the kiosk wrote its journal');
    assert.match(guest.ssh('cat /etc/shadow'), /^root:[*!]/m);
    assert.equal(guest.ssh("ss -Hltn | awk '{ print $4 }' | grep -v -e ':22$' -e '127\\.' -e '%lo' || :"), '', 'nothing but SSH listens');
  });
});

test('a kiosk.conf full of mistakes: the screens say so, and the network is set up all the same', async (t) => {
  const wrong = (guest) => `\ufeff[cloud]\r\nurl = htp://clinic\r\n[wifi]\r\npassword = short\r\n[clod]\r\nname\r\n[support]\r\nssh_key = ${guest.key}\r\n`;
  await inGuest(t, wrong, async (guest) => {
    await status(t, guest);
    await allWell(t, guest);
    const journal = guest.ssh('journalctl -b -o cat -u machiai-kiosk');
    for (const line of [2, 4]) assert.match(journal, new RegExp(`kiosk\\.conf:${line}: `));
  });
});
