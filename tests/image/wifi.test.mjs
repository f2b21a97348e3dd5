// Wi-Fi whose password in kiosk.conf is wrong: two radios of the kernel's own (mac80211_hwsim) are air, access point and
// the card's wlan0. The access point refuses it, and the machine goes on over its wire; the right password is taken.
import test from 'node:test';
import assert from 'node:assert/strict';
import { allWell, inGuest, noFailedUnit, seconds } from './card.mjs';
import { until } from './guest.mjs';

const NAME = 'さくら台', RIGHT = 'right-password', WRONG = 'wrong-password';

const accessPoint = `network={
  ssid=${Buffer.from(NAME).toString('hex')}
  mode=2
  frequency=2412
  key_mgmt=WPA-PSK
  psk="${RIGHT}"
}
`;

test('a wrong Wi-Fi password strands nobody, and the right one connects', async (t) => {
  await inGuest(t, async (guest) => {
    const told = (words) => until(`'${words}' from wpa_supplicant`,
      () => guest.ssh('journalctl -b -o cat -u machiai-wifi').includes(words), { seconds, every: 3000 });
    guest.put('kiosk.conf', ['[cloud]', 'url = https://10.0.2.100:8443', '[wifi]', `name = ${NAME}`, `password = ${WRONG}`,
      '[support]', `ssh_key = ${guest.key}`, ''].join('\r\n'));
    await guest.start();
    await allWell(t, guest);
    guest.ssh('modprobe mac80211_hwsim radios=2; cat > /run/access-point.conf', accessPoint);
    await until('two radios', () => guest.ssh('ls /sys/class/net').includes('wlan1'), { seconds });
    guest.ssh('wpa_supplicant -B -i wlan1 -c /run/access-point.conf >/dev/null 2>&1');
    await told('reason=WRONG_KEY');
    assert.match(guest.ssh('ip -4 -o addr show scope global'), / 10\.0\.2\./, 'the wire is still there');
    noFailedUnit(guest);
    guest.ssh(`sed -i s/${WRONG}/${RIGHT}/ /run/machiai-card/wpa_supplicant.conf; systemctl restart machiai-wifi`);
    await told('CTRL-EVENT-CONNECTED');
  });
});
