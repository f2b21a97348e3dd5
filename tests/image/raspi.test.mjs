// The card in QEMU's Raspberry Pi 3 B: its SD controller, its processor and its device tree, but not its firmware:
// kernel and initrd are given by QEMU. Shown: they find the slot on the Pi's own kind of disk, and what lasts
// is made and mounted behind it, and every other unit comes up. Not shown: everything before the kernel, the
// screens and with them the kiosk, USB (QEMU has none of what the kernel's drivers want).
import test from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { inGuest, seconds } from './card.mjs';
import { until } from './guest.mjs';

const DTB = 'bcm2837-rpi-3-b.dtb';
const CARD = '4G'; // QEMU's SD cards have the size of a power of two
// QEMU has no VideoCore that vchiq and vc4 could talk with and no telephone for the radio; its watchdog bites as
// soon as it is wound up, and its USB takes a processor for a thousand interrupts a second of nothing. Two of
// the four processors: all of them are emulated by what runs the test.
const WORDS = 'maxcpus=2 module_blacklist=vchiq,vc4,hci_uart,bcm2835_wdt,dwc2 ' + ['kiosk', 'printing', 'good'].map((unit) => `systemd.mask=machiai-${unit}.service `).join('') + // no screens
  'root=PARTUUID=4d616368-02 ro rootwait console=ttyS1,115200 machiai.slot=A panic=10 ' +
  'systemd.show_status=1 systemd.service_watchdogs=no systemd.default_timeout_start_sec=900';

test('a Raspberry Pi 3 B finds its slot and what lasts', async (t) => {
  await inGuest(t, async (guest) => {
    const kernel = /link dest: "(.*)"/.exec(guest.slot([], 'stat /boot/vmlinuz'))[1];
    guest.slot([], `dump /boot/${kernel} ${guest.at('vmlinuz')}`);
    guest.slot([], `dump /boot/initrd.img ${guest.at('initrd')}`);
    guest.take(DTB);
    assert.ok(existsSync(guest.at('vmlinuz')) && existsSync(guest.at('initrd')) && existsSync(guest.at(DTB)));
    await guest.run(['-M', 'raspi3b', '-kernel', guest.at('vmlinuz'), '-initrd', guest.at('initrd'),
      '-dtb', guest.at(DTB), '-append', WORDS, '-drive', `if=sd,file=${guest.card},format=raw,cache=unsafe`,
      '-serial', 'null', '-serial', `file:${guest.at('serial.log')}`]);
    const lines = {
      'the slot is mounted, systemd runs from it': /Welcome to .*Debian/,
      'what lasts is made and mounted': /Reached target.*local-fs\.target/,
      'everything but the kiosk is up': /Reached target.*multi-user/,
    };
    for (const [what, line] of Object.entries(lines)) {
      await until(what, () => line.test(guest.said()), { seconds, every: 1000 });
      t.diagnostic(`${what}: ${guest.seconds().toFixed(0)} s`);
    }
    assert.doesNotMatch(guest.said(), /Failed to (start|mount)/);
  }, { size: CARD });
});
