// The card's image in QEMU: what stands on the screens, and whether every unit is well.
//   MACHIAI_IMAGE=build/image/machiai-VERSION.img.zst node --test tests/image/boot.test.mjs
import test from 'node:test';
import assert from 'node:assert/strict';
import { allWell, inGuest, seconds, statusScreen } from './card.mjs';
import { until } from './guest.mjs';

// The measure that the others are told by: the same kernel, initrd and slot, the first start, and none of
// the kiosk's own services.
const BARE = ['machiai-kiosk', 'machiai-printing', 'machiai-good'].map((unit) => `systemd.mask=${unit}.service`).join(' ');

test('a bare boot of the same card', async (t) => {
  await inGuest(t, async (guest) => {
    guest.kernel(`${BARE} systemd.show_status=1 console=ttyAMA0,115200`);
    await guest.start();
    await until('multi-user', () => /Reached target.*multi-user/.test(guest.said()), { seconds, every: 500 });
    t.diagnostic(`bare boot: ${guest.seconds().toFixed(0)} s`);
    assert.doesNotMatch(guest.said(), /Failed to start/);
  });
});

test('a right kiosk.conf: status screen, every unit well, what lasts lies apart', async (t) => {
  await inGuest(t, async (guest) => {
    guest.put('kiosk.conf', `[cloud]\r\nurl = https://10.0.2.100:8443\r\n[support]\r\nssh_key = ${guest.key}\r\n`);
    await guest.start();
    await statusScreen(t, guest);
    await allWell(t, guest);
    const mounts = guest.ssh('findmnt -rno TARGET,OPTIONS');
    for (const place of ['/records', '/media', '/var/lib/machiai', '/boot/firmware']) assert.match(mounts, new RegExp(`^${place} `, 'm'));
    assert.match(guest.ssh('ls -A /var/lib/machiai'), /journal/, 'the kiosk wrote its journal');
    const log = guest.ssh('pid=$(systemctl show -P MainPID machiai-kiosk); groups=$(sed -n "s/^Groups:[[:space:]]*//p" /proc/$pid/status | xargs | tr " " ,); ' +
      'setpriv --reuid machiai --regid machiai --groups $groups journalctl -q -o cat _SYSTEMD_UNIT=machiai-kiosk.service');
    assert.notEqual(log, '', 'the kiosk can read its own log, for the diagnosis bundle');
    assert.match(guest.ssh('cat /etc/shadow'), /^root:[*!]/m);
    assert.equal(guest.ssh("ss -Hltn | awk '{ print $4 }' | grep -v -e ':22$' -e '127\\.' -e '%lo' || :"), '', 'nothing but SSH listens');
  });
});
