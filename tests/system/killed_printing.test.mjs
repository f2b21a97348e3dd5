// SIGKILL of kiosk, cupsd and backend at twenty points of a slow print: no ticket is lost, and no
// ticket ever has a second slip.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { readFile, readdir } from 'node:fs/promises';
import { inHouse } from './fixture.mjs';
import { Reader, Staff, killCupsd, sleep, startCupsd, take, until } from './printing.mjs';

const KILLS = 20;
const STEP_MS = 90; // the slow printer needs 0.7 s a strip: the last kill falls into its last strips

/* The backend of this house's cupsd, if it runs just now. */
async function backends(house) {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.includes(`CUPS_CACHEDIR=${house.at('cups')}/`)) found.push(Number(pid));
  }
  return found;
}

const victims = {
  async kiosk(house) {
    house.kiosk.killed = true;
    house.kiosk.kill('SIGKILL');
    await house.kiosk.done;
    return () => house.startKiosk();
  },
  async cupsd(house) {
    await killCupsd(house);
    return () => startCupsd(house);
  },
  async backend(house) {
    for (const pid of await backends(house)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch { /* it ended meanwhile */ }
    }
    return () => {};
  },
};

test('killed while printing', async () => {
  await inHouse(async (house) => {
    await house.startAll();
    const reader = new Reader(house), staff = await Staff.at(house), taken = [];
    const names = Object.keys(victims);
    let printed = 0, within = 0;
    for (let i = 0; i < KILLS; i++) {
      const name = names[i % names.length];
      await house.printerState('slow');
      const ticket = await take(house);
      taken.push(ticket);
      await sleep(i * STEP_MS);
      const { waiting, uncut_rows } = await house.printerNow();
      within += waiting > 0 || uncut_rows > 0;
      const mend = await victims[name](house);
      await house.printerState('ok');
      await mend();
      await until('the kiosk to be online', async () => (await house.ctl('status')).online, { seconds: 30 });
      await staff.waits(ticket);
      assert.deepEqual(await reader.doubled(), [], `${name} killed after ${i * STEP_MS} ms`);
    }
    // the last job's end, and one more slip: the line is in order
    await until('the printer to be well', async () => (await house.ctl('status')).printer === 'none', { seconds: 40 });
    const last = await take(house);
    await until('its slip', async () => (await reader.slipsOf(last)).length === 1, { seconds: 40 });
    await sleep(3000); // whatever would come twice
    assert.deepEqual(await reader.doubled(), []);
    for (const ticket of taken) {
      await staff.waits(ticket);
      printed += (await reader.slipsOf(ticket)).length;
    }
    console.log(`      ${KILLS} kills: ${within} while the printer printed; ${printed} slips came out all the same, none twice`);
    assert.ok(within >= KILLS / 2, 'most kills fall into a print');
    assert.equal(new Set(taken.map((one) => one.ticket)).size, KILLS);
  });
});
