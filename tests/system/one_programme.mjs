// A clinic with one programme, approved, that runs all day; for tests of what the monitor shows.
import { writeFile } from 'node:fs/promises';
import { strict as assert } from 'node:assert';

const root = new URL('../../', import.meta.url).pathname, minute = 60000;
const password = 'one programme for all';

/** A site with its manager: what it is called in the API. */
export async function addClinic(house) {
  const { site } = await house.admin('site', 'add', '--settings', `${root}assets/demo/settings.json`);
  await house.admin('user', 'add', '--user', 'manager', '--name', 'M', '--role', 'contractor', '--site', site, '--password', password);
  return site;
}

/** Clips of tests/bench/clips.mjs become films of the operator's, "film 0" and so on; each gets its sha256. */
export async function addFilms(house, clips) {
  for (const clip of clips)
    clip.sha256 = (await house.admin('film', 'add', '--file', clip.file, '--kind', 'health', '--title', `film ${clip.number}`)).sha256;
}

/** Distributed and approved. */
export async function addProgramme(house, site, items) {
  await writeFile(house.at('table.json'), JSON.stringify({ from: Date.now() - minute, to: Date.now() + 600 * minute, deadline: Date.now() + 300 * minute, items }));
  const { programme } = await house.admin('programme', 'add', '--site', site, '--file', house.at('table.json'));
  await house.admin('programme', 'distribute', '--programme', programme);
  const login = await house.api('POST', '/api/v1/sessions', { user: 'manager', password });
  const headers = { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
  assert.equal((await house.api('POST', `/api/v1/sites/${site}/programmes/${programme}/approval`, {}, headers)).status, 200);
}
