// What the tests of the card share: a guest for one body, what its screens show, and whether it is well.
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { Guest, until } from './guest.mjs';

export const image = process.env.MACHIAI_IMAGE;
/** The longest wait for one thing: an emulated board on a machine that others use, too, takes its time. */
export const seconds = +(process.env.MACHIAI_BOOT_SECONDS ?? 1500);
export const colours = { paper: [0xfa, 0xf7, 0xf0], ink: [0x14, 0x20, 0x2e], ai: [0x14, 0x40, 0x7f], black: [0, 0, 0] };

/** A directory that stays, with serial.log and the pictures, for whoever wants to look; the card goes. */
export async function inGuest(t, body, options) {
  const guest = new Guest(mkdtempSync(path.join(os.tmpdir(), 'machiai-card-')), image, options);
  t.diagnostic(`kept: ${guest.dir}`);
  try {
    await body(guest);
  } finally {
    await guest.stop();
    rmSync(guest.card, { force: true });
  }
}

/** Set-up as the terminal draws it: a dark bar above with light words, and paper below. */
export function isStatus(picture) {
  const bar = { top: 0, bottom: 0.1 }, rest = { top: 0.12, bottom: 1 };
  return picture.share(colours.ink, bar) > 0.6 && picture.share(colours.black, bar) < 0.05 &&
    picture.share(colours.paper, rest) > 0.1;
}

/** Bands of dark rows in a part of the picture's width. */
function bands(picture, left, right) {
  const row = 1 / picture.height;
  let rows = 0, before = 0;
  for (let y = 0.3; y < 1; y += row) {
    const dark = picture.share(colours.ink, { left, right, top: y, bottom: y + row }) > 0.4;
    if (dark && before >= 0) before++;
    else if (!dark) before = 0;
    if (before === ROW_LEAST) {
      rows++;
      before = -1; // this one is counted
    }
  }
  return rows;
}

/** How many rows of the list are inverted: what has to be put right. Many rows stand in two columns. */
export function wrongRows(picture) {
  const two = picture.share(colours.paper, { left: 0.494, right: 0.506, top: 0.36, bottom: 0.98 }) > 0.95;
  return two ? bands(picture, 0.25, 0.48) + bands(picture, 0.75, 0.96) : bands(picture, 0.6, 0.96);
}
const ROW_LEAST = 20; // pixels in a row: a band, and no line of writing

/** The monitor may play relaxation footage meanwhile; no panel is left with the console's black. */
export async function statusScreen(t, guest) {
  let shown;
  await until('the status screen on a panel, and nothing black on the other', async () => {
    const pictures = [await guest.picture(0), await guest.picture(1)];
    shown = pictures.find(isStatus);
    return shown && pictures.every((picture) => picture.share(colours.black) < 0.5);
  }, { seconds, every: 1500 });
  t.diagnostic(`power to status screen: ${guest.seconds().toFixed(0)} s`);
  return shown;
}

export async function allWell(t, guest) {
  const state = await until('every unit started', () => {
    const said = guest.ssh('timeout 240 systemctl is-system-running --wait || :').trim();
    return said && said !== 'starting' && said !== 'initializing' && said;
  }, { seconds, every: 3000 });
  t.diagnostic(`power to everything started: ${guest.seconds().toFixed(0)} s`);
  othersUp(t, guest);
  figures(t, guest);
  noFailedUnit(guest);
  assert.equal(state, 'running');
}

/** What a machine of 1 GB has in use, in MB, and what the kiosk took of its emulated processors. */
export function figures(t, guest) {
  const words = guest.ssh("free -m | awk 'NR == 2 { print $2, $3, $7 }'; systemctl show -P MemoryCurrent -P CPUUsageNSec machiai-kiosk");
  const [all, used, available, kiosk, nanoseconds] = words.trim().split(/\s+/).map(Number);
  t.diagnostic(`memory: ${used} MB of ${all} in use, ${available} available; the kiosk with its players ${Math.round(kiosk / 2 ** 20)} MB`);
  t.diagnostic(`the kiosk's processor time so far: ${Math.round(nanoseconds / 1e9)} s`);
}

/** Power to the last unit that is not the kiosk's, in the same start: a measure that sees the same load. */
export function othersUp(t, guest) {
  const [uptime, ...entered] = guest.ssh("cut -d' ' -f1 /proc/uptime; systemctl list-dependencies --plain --no-legend multi-user.target |" +
    " tr -d ' ' | grep -v -e machiai-kiosk -e machiai-good -e multi-user | xargs systemctl show -P ActiveEnterTimestampMonotonic --")
    .split(/\s+/).filter(Boolean).map(Number);
  const beforeKernel = guest.seconds() - uptime;
  t.diagnostic(`power to everything but the kiosk: ${(beforeKernel + Math.max(...entered) / 1e6).toFixed(0)} s`);
}

export function noFailedUnit(guest) {
  assert.equal(guest.ssh('systemctl --failed --plain --no-legend'), '', 'no unit has failed');
  assert.equal(guest.ssh('systemctl show -P NRestarts machiai-kiosk').trim(), '0', 'the kiosk was started once');
}
