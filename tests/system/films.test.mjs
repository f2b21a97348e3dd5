// Films on a real kiosk: sealed on its card, played through the player's sandbox, off the screen within five seconds of
// a withdrawal, proven to the cloud item by item although the kiosk is killed, and approved ones back after a start
// without a line as soon as there is time.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { inHouse, sleep, until } from './fixture.mjs';

const root = new URL('../../', import.meta.url).pathname;
const password = 'films are played here', minute = 60000;

function makeFilm(house, name, seconds, hue) {
  const file = house.at(`${name}.mp4`);
  execFileSync('ffmpeg', ['-loglevel', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', `testsrc2=s=640x360:r=25:d=${seconds},hue=h=${hue}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', file]);
  return file;
}

async function as(house, user, method, where, body) {
  const login = await house.api('POST', '/api/v1/sessions', { user, password });
  assert.equal(login.status, 200, login.text);
  return house.api(method, where, body, { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf });
}

/** A clinic with two approved films and one relaxation film. */
async function furnish(house) {
  mkdirSync(house.dir, { recursive: true });
  await house.open();
  await house.startCloud();
  const { site } = await house.admin('site', 'add', '--settings', path.join(root, 'assets/demo/settings.json'));
  await house.admin('user', 'add', '--user', 'operator', '--name', 'O', '--role', 'operator', '--password', password);
  await house.admin('user', 'add', '--user', 'manager', '--name', 'M', '--role', 'contractor', '--site', site, '--password', password);
  const film = {};
  for (const [name, kind, seconds] of [['health', 'health', 30], ['advert', 'advertisement', 5], ['lake', 'substitute', 20]]) {
    film[name] = (await house.admin('film', 'add', '--file', makeFilm(house, name, seconds, seconds), '--kind', kind, '--title', name)).sha256;
  }
  const table = { from: Date.now() - minute, to: Date.now() + 600 * minute, deadline: Date.now() + 300 * minute,
    items: [{ sha256: film.health }, { sha256: film.advert }] };
  await writeFile(house.at('table.json'), JSON.stringify(table));
  const { programme } = await house.admin('programme', 'add', '--site', site, '--file', house.at('table.json'));
  await house.admin('programme', 'distribute', '--programme', programme);
  const approval = await as(house, 'manager', 'POST', `/api/v1/sites/${site}/programmes/${programme}/approval`, {});
  assert.equal(approval.status, 200, approval.text);
  await house.startPrinter();
  await house.startDisplay();
  await house.writeConfig((await house.admin('device', 'code', '--site', site)).code);
  await house.startKiosk();
  return { site, programme, film };
}

const status = (house) => house.ctl('status').catch(() => ({}));
const shows = (house, sha256, seconds = 40) =>
  until(`${sha256.slice(0, 8)} on the screen`, async () => (await status(house)).playing?.content === sha256, { seconds, every: 100 });

function rows(file, sql) {
  const text = execFileSync('sqlite3', ['-json', file, sql]).toString();
  return text ? JSON.parse(text) : [];
}

/** What the cloud has, not one of them marked as a break of the chain. */
function told(house) {
  return rows(house.at('cloud/machiai.db'), 'SELECT body, broken FROM play ORDER BY seq').map(({ body, broken }) => {
    assert.equal(broken, 0, body);
    return JSON.parse(body);
  });
}

/** All plays: the cloud's, then those that still wait in the kiosk; one unbroken chain, whose hash (play.h) is made here. */
function proven(house) {
  const plays = told(house);
  for (const { text } of rows(house.at('kiosk/plays.db'), 'SELECT text FROM plays ORDER BY seq')) {
    const play = JSON.parse(text);
    if (!plays.some(({ seq }) => seq === play.seq)) plays.push(play);
  }
  plays.forEach(({ prev, hash, ...play }, i) => {
    assert.equal(play.seq, i + 1);
    assert.equal(prev, i ? plays[i - 1].hash : '0'.repeat(64));
    assert.equal(createHash('sha256').update(`${prev}\n${JSON.stringify(play)}`).digest('hex'), hash);
  });
  return plays;
}

/** No run of the film's bytes lies anywhere in the kiosk's directory. */
function assertSealed(house, sha256) {
  const clear = readFileSync(house.at('cloud/contents', sha256)), probe = [1, 2, 3].map((i) => clear.subarray((clear.length * i) >> 2).subarray(0, 32));
  for (const name of readdirSync(house.at('kiosk/contents'))) {
    const bytes = readFileSync(house.at('kiosk/contents', name));
    for (const part of probe) assert.equal(bytes.indexOf(part), -1, `${name} holds the film in clear`);
  }
  assert.ok(statSync(house.at('kiosk/contents', `${sha256}.sealed`)).size > clear.length);
  assert.equal(statSync(house.at('kiosk/device.key')).mode & 0o777, 0o600);
}

test('films: sealed, withdrawn within five seconds, proven although the kiosk is killed', async () => {
  await inHouse(async (house) => {
    const { site, programme, film } = await furnish(house);
    await shows(house, film.health, 60);
    assertSealed(house, film.health);

    // Killed in the middle of a film; then it plays again, and the one before is told as far as it was seen.
    await sleep(7000);
    house.kiosk.killed = true;
    house.kiosk.kill('SIGKILL');
    await until('the kiosk to be gone', () => house.kiosk.exited);
    await house.startKiosk();
    await shows(house, film.health, 60);
    const cut = await until('the film that the kill cut', () => proven(house).find((play) => play.ending === 'stopped'));
    assert.equal(cut.sha256, film.health);
    assert.equal(cut.programme, programme);
    assert.ok(cut.frames >= 10 && cut.end - cut.start >= 4000, JSON.stringify(cut));

    // A withdrawal leaves the screen within five seconds; the device says by which edition it plays now.
    const before = (await status(house)).contents.edition;
    await shows(house, film.health, 60);
    const answer = await as(house, 'operator', 'POST', `/api/v1/films/${film.health}/withdrawal`, { reason: 'wrong' });
    assert.ok(answer.status < 300, answer.text);
    const asked = Date.now();
    await until('the film to be off the screen', async () => {
      const { playing } = await status(house);
      return playing !== undefined && playing?.content !== film.health;
    }, { seconds: 5, every: 50 });
    console.log(`withdrawn film off the screen after ${Date.now() - asked} ms`);
    await shows(house, film.lake);
    assert.equal((await status(house)).playing.reason, 'withdrawn');
    assert.equal((await status(house)).playing.planned, film.health);
    const edition = (await status(house)).contents.edition;
    assert.ok(edition > before);
    await until('the cloud to know', async () =>
      execFileSync('sqlite3', [house.at('cloud/machiai.db'), '.dump']).toString().includes(`"edition":${edition}`), { seconds: 15 });

    // What was shown, and what was planned there (21.2), is in the cloud's report; the kiosk has let go of it.
    const substitute = await until('the plays in the cloud', () => told(house).find((play) => play.reason === 'withdrawn'), { seconds: 60 });
    assert.equal(substitute.sha256, film.lake);
    assert.equal(substitute.planned, film.health);
    const all = proven(house);
    assert.ok(substitute.frames > 0 && substitute.shown_ms > 1000, JSON.stringify(substitute));
    assert.ok(!all.some((play) => play.sha256 === film.health && play.start > asked + 5000));
    const report = await as(house, 'operator', 'GET', `/api/v1/plays?site=${site}&film=${film.health}`);
    assert.equal(report.status, 200, report.text);
    assert.ok(report.json.rows.some((row) => row.substituted > 0 && row.shown > 0), report.text);
  });
});

test('films: a start without a line', async () => {
  await inHouse(async (house) => {
    const { film } = await furnish(house);
    await shows(house, film.health, 60);
    await house.kiosk.stop();
    const { port } = house;
    await house.cloud.stop();
    await house.startKiosk();
    // Without NTP nobody knows whether the period is still on; with it the approved film goes on.
    await until('the right reason', async () => ['no_time', 'scheduled'].includes((await status(house)).playing?.reason), { seconds: 30 });
    const { contents, clock, playing } = await status(house);
    assert.ok(contents.edition > 0, 'the signed document is kept');
    assert.equal(contents.fault, '');
    assert.equal(playing.reason, clock === 'trusted' ? 'scheduled' : 'no_time');
    house.port = port;
    await house.startCloud();
    await shows(house, film.health, 60);
    assert.equal((await status(house)).playing.reason, 'scheduled');
  });
});
