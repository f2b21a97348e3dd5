// A kiosk.conf full of mistakes, as somebody writes it in Notepad: each wrong line is told on the screen and in
// the log with file and line, and the machine comes up all the same and can be reached.
import test from 'node:test';
import assert from 'node:assert/strict';
import { allWell, inGuest, isStatus, seconds, statusScreen, wrongRows } from './card.mjs';
import { until } from './guest.mjs';

// What is wrong, by line; all others are right.
const lines = (key) => [
  ['; メモ: さくら台クリニック'],
  ['[cloud]'],
  ['url = htp://clinic.example', '[cloud] url'],
  ['colour = red', '[cloud] colour'],
  ['[wifi]'],
  ['name = さくら台'],
  ['password = short', '[wifi] password'],
  ['[clod]', '[clod]'],
  ['[network]'],
  ['address = 192.0.2.24/33', '[network] address'],
  ['[kiosk]'],
  ['role = bothh', '[kiosk] role'],
  ['no equals sign', ''],
  ['[support]'],
  [`ssh_key = ${key}`],
];

test('each wrong line is named with file and line, and the machine comes up all the same', async (t) => {
  await inGuest(t, async (guest) => {
    const written = lines(guest.key);
    guest.put('kiosk.conf', `\ufeff${written.map(([line]) => line).join('\r\n')}\r\n`);
    await guest.start();
    await statusScreen(t, guest);
    await allWell(t, guest);
    const journal = guest.ssh('journalctl -b -o cat -u machiai-kiosk');
    const told = new Map([...journal.matchAll(/kiosk\.conf:(\d+): (.*)/g)].map(([, line, text]) => [+line, text]));
    written.forEach(([, about], index) => {
      const line = index + 1;
      assert.equal(told.has(line), about !== undefined, `line ${line}: ${told.get(line) ?? 'not told'}`);
      if (about) assert.ok(told.get(line).startsWith(about), `line ${line} is about ${about}: ${told.get(line)}`);
    });
    await until('a row on the screen for each wrong line, and none but these', async () => {
      const pictures = [await guest.picture(0), await guest.picture(1)];
      return pictures.every((picture) => isStatus(picture) && wrongRows(picture) === told.size);
    }, { seconds, every: 2000 });
    assert.doesNotMatch(journal, /short/, 'no password in the log');
    assert.match(guest.ssh('ip -4 -o addr show scope global'), / 10\.0\.2\./, 'the wire has an address all the same');
  });
});
