// One soak: a clinic, a crowd, faults for a while; then all is healed and the checker looks.
import { appendFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sleep, until } from '../../cmake/try/process.mjs';
import { Chance } from './chance.mjs';
import { check, table } from './checker.mjs';
import { Clinic, makeDir } from './clinic.mjs';
import { Crowd } from './crowd.mjs';
import { gather, staffTickets } from './evidence.mjs';
import { Faults, KINDS, schedule } from './faults.mjs';
import { SlipReader } from './slip_reader.mjs';

const AGREE_SECONDS = 120, PRINTED_SECONDS = 60, LAST_SLIPS_MS = 3000;

const listed = (tickets) => tickets.map((one) => `${one.ticket} ${one.number} ${one.state}`).sort().join('\n');

/** Everybody can talk again: both kiosks and the cloud tell the same. Findings if not. */
async function heal(clinic) {
  const headers = await clinic.logIn(clinic.people[0]), findings = [];
  for (const kiosk of clinic.kiosks) {
    await until(`kiosk ${kiosk.name} to agree with the cloud`, async () => {
      const status = await kiosk.ctl('status');
      const mine = listed((await kiosk.ctl('tickets')).tickets);
      return status.online && status.outbox === 0 && mine === listed(await staffTickets(clinic, headers));
    }, { seconds: AGREE_SECONDS, every: 500 }).catch((error) => findings.push({ ticket: null, what: error.message }));
    await until(`printer ${kiosk.name} to be done`, async () => {
      const { waiting, uncut_rows } = await kiosk.printerNow();
      return waiting === 0 && uncut_rows === 0 && (await kiosk.backends()).length === 0;
    }, { seconds: PRINTED_SECONDS, every: 500 }).catch(() => {}); // half a slip may hang out of it for ever
  }
  await sleep(LAST_SLIPS_MS);
  return findings;
}

/** The crowd and the faults, side by side; both have ended when it returns. */
async function live({ clinic, crowd, faults, seconds, say }) {
  const began = Date.now(), minute = setInterval(() => say(`${Math.round((Date.now() - began) / 1000)} s: ${crowd.shown.length} numbers shown, ${crowd.acts.length} acts of staff`), 60000);
  const people = crowd.run();
  try {
    await Promise.all([faults.run(began), sleep(seconds * 1000)]);
  } finally {
    clearInterval(minute);
    crowd.over = true;
    await people;
  }
}

function countsOf(crowd, faults, evidence) {
  const counts = { 'numbers seen on screens': crowd.shown.length, 'tickets in the log': new Set(evidence.log.map((row) => row.ticket).filter(Boolean)).size, 'entries of the log': evidence.log.length };
  counts['slips that came out'] = evidence.slips.length;
  counts['  of these further ones (band)'] = evidence.slips.filter((slip) => slip.band).length;
  counts['  of these without a code (own series)'] = evidence.slips.filter((slip) => !slip.code).length;
  counts['pieces of paper that end above the number'] = evidence.torn;
  counts['acts of staff, acknowledged'] = crowd.acts.length;
  for (const [name, count] of Object.entries(crowd.counts).sort()) counts[`  ${name}`] = count;
  for (const kind of Object.keys(KINDS)) counts[`fault ${kind}`] = faults.done[kind] ?? 0;
  return counts;
}

/**
 * Returns {ok, text, counts, faults, dir}; the directory stays unless all is well and keep is false.
 * opened(clinic): whoever ends it from outside calls clinic.stop().
 * seconds: of life; every: mean ms between faults; pace: mean ms between a person's wishes.
 */
export async function soak({ dir, build, seed, seconds, every, pace, keep = false, tell = () => {}, opened = () => {} }) {
  await makeDir(dir);
  const say = (text) => {
    appendFileSync(path.join(dir, 'soak.log'), `${new Date().toISOString()} ${text}\n`);
    tell(text);
  };
  const reader = await SlipReader.create(path.join(build, 'tests/soak/glyph_tool'));
  const clinic = new Clinic({ dir, build }), chance = new Chance(seed);
  const list = schedule({ seed: chance.whole(0, 2 ** 31), ms: seconds * 1000, every, kiosks: clinic.kiosks.map((kiosk) => kiosk.name) });
  const crowd = new Crowd({ clinic, chance, pace, say }), faults = new Faults(clinic, list, say);
  opened(clinic);
  try {
    say(`seed ${seed}, ${seconds} s, ${list.length} faults`);
    await clinic.open();
    await live({ clinic, crowd, faults, seconds, say });
    say('healing');
    const disagreements = await heal(clinic);
    const evidence = await gather(clinic, crowd, reader);
    await writeFile(path.join(dir, 'evidence.json'), JSON.stringify({ ...evidence, codes: [...evidence.codes], holders: [...evidence.holders] }));
    const deaths = clinic.deaths();
    deaths.push(...(await clinic.stop()));
    const results = [...check(evidence), { rule: `they agree within ${AGREE_SECONDS} s`, findings: disagreements }, { rule: 'no process ends by itself or unclean', findings: deaths }];
    const ok = results.every(({ findings }) => findings.length === 0);
    const text = table(results, countsOf(crowd, faults, evidence));
    say(text);
    if (ok && !keep) await rm(dir, { recursive: true, force: true });
    return { ok, text, counts: crowd.counts, faults, evidence, dir };
  } catch (error) {
    say(`the soak broke off: ${error.stack}`);
    await clinic.stop().catch(() => {});
    error.message += `\n(seed ${seed}; logs in ${dir})`;
    throw error;
  }
}
