#!/usr/bin/env node
// How long a slip takes from the call that submits it to its first byte at the printer, and to the
// confirmed end: our client, a bare socket (the floor), and `lp -o raw`, taken in turns.
//
//   node tests/bench/print.mjs BUILD_DIR [ROUNDS]        a release build; 60 rounds
//
// Not a test: the figures depend on the machine, so the ratios are what to look at. The spool lies
// on a tmpfs where there is one, as on the device; TMPDIR=... puts it elsewhere (on a disk, the
// marker that is synced before the first byte is most of the time).
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [build, rounds = '60'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/print.mjs BUILD_DIR [ROUNDS]');
  process.exit(2);
}
if (!process.env.TMPDIR && existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';
const at = (path) => resolve(join(build, path));
process.env.MACHIAI_ESCPOS ??= at('drivers/cups/escpos');
process.env.MACHIAI_PRINTER_TOOL ??= at('tests/printing/printer_tool');
process.env.MACHIAI_PTY_BRIDGE ??= at('tests/printing/pty_bridge');
const { Client, Cupsd, Printer, cleanUp, encode, makePicture, until, uuid } =
  await import('../printing/rig.mjs');

const printer = await Printer.start();
const cupsd = Cupsd.start();
const client = Client.start({ server: cupsd.socket, queue: 'bench', uri: printer.uri });
await client.ask('setup');
const job = await encode(makePicture());

// Each way submits one slip and gives the time of the call, on the clock that the printer uses.
const ways = {
  direct: () => client.ask('direct', printer.port, job),
  machiai: () => client.ask('submit', uuid(), job),
  lp: () => client.ask('lp', cupsd.socket, 'bench', job),
};
const first = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
const end = { machiai: [] };

async function once(way, keep) {
  const { slips } = await printer.state();
  const answer = await ways[way]();
  if (answer.error !== 0) throw new Error(`${way}: error ${answer.error}`);
  let confirmed;
  if (way === 'machiai') {
    const fate = await client.fate(answer);
    if (fate.outcome !== 'printed') throw new Error(fate.outcome);
    confirmed = fate.begun_ms + fate.ms;
  }
  const state = await until('the slip', async () => {
    const now = await printer.state();
    return now.slips > slips && now;
  });
  if (!keep) return;
  first[way].push(Number(state.first_ns) / 1e6 - answer.begun_ms);
  if (confirmed) end[way].push(confirmed - answer.begun_ms);
}

try {
  for (let round = -3; round < Number(rounds); round++)
    for (const way of Object.keys(ways).sort(() => Math.random() - 0.5)) await once(way, round >= 0);
} finally {
  await cleanUp();
}

const at_share = (list, share) => [...list].sort((a, b) => a - b)[Math.floor((list.length - 1) * share)];
const row = (name, list) =>
  console.log(`${name.padEnd(34)}${[0, 0.5, 0.99].map((share) => at_share(list, share).toFixed(2).padStart(9)).join('')}`);
console.log(`${rounds} rounds, one slip of 576 x 458 dots, spool in ${tmpdir()}`);
console.log(`${'ms'.padEnd(34)}      min      p50      p99`);
row('first byte: direct socket', first.direct);
row('first byte: printer_submit', first.machiai);
row('first byte: lp -o raw', first.lp);
row('confirmed and seen (20 ms polls)', end.machiai);
const p50 = (list) => at_share(list, 0.5);
console.log(`p50 of printer_submit : lp -o raw  = ${(p50(first.machiai) / p50(first.lp)).toFixed(2)}  (wanted: at most 0.50)`);
console.log(`p50 of printer_submit : direct     = ${(p50(first.machiai) / p50(first.direct)).toFixed(1)}`);
