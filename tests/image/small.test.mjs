// A card that is too small for records: the panels say what to do, and the machine can be reached.
import test from 'node:test';
import assert from 'node:assert/strict';
import { inGuest, isStatus, seconds, wrongRows } from './card.mjs';
import { until } from './guest.mjs';

const CARD = '3900M'; // the slots take nearly all of it

test('a card without a place for records says so on both panels', async (t) => {
  await inGuest(t, async (guest) => {
    guest.put('kiosk.conf', `[cloud]\r\nurl = https://10.0.2.100:8443\r\n[support]\r\nssh_key = ${guest.key}\r\n`);
    await guest.start();
    await until('one row to be put right on each panel', async () => {
      const pictures = [await guest.picture(0), await guest.picture(1)];
      return pictures.every((picture) => isStatus(picture) && wrongRows(picture) === 1);
    }, { seconds, every: 2000 });
    t.diagnostic(`power to the panels' word: ${guest.seconds().toFixed(0)} s`);
    await until('systemd to end its start', () => guest.ssh('timeout 240 systemctl is-system-running --wait || :').trim() === 'degraded', { seconds, every: 3000 });
    assert.equal(guest.ssh("systemctl --failed --plain --no-legend | cut -d' ' -f1").trim(), 'machiai-storage.service');
    assert.match(guest.ssh('journalctl -b -o cat -u machiai-storage'), /use a card of 8 GB or more/);
    assert.equal(guest.ssh('systemctl show -P NRestarts machiai-broken').trim(), '0');
  }, { size: CARD });
});
