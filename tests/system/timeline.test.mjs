// Films and notices in one timeline on a real kiosk, watched from outside at the display's frame buffer: nothing is
// ever dark, films follow films and notices in their order, a film that is cut in begins with its first frames.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { makeClips } from '../bench/clips.mjs';
import { startGlass, Watch } from '../bench/seen.mjs';
import { inHouse, sleep, until } from './fixture.mjs';

const root = new URL('../../', import.meta.url).pathname, minute = 60000;
const password = 'one timeline for all';
const film = { coder: 'h264', size: '640x360', rate: 25 };

async function furnish(house, clips, items) {
  await house.open();
  await house.startCloud();
  const { site } = await house.admin('site', 'add', '--settings', path.join(root, 'assets/demo/settings.json'));
  await house.admin('user', 'add', '--user', 'manager', '--name', 'M', '--role', 'contractor', '--site', site, '--password', password);
  for (const clip of clips) clip.sha256 = (await house.admin('film', 'add', '--file', clip.file, '--kind', 'health', '--title', `film ${clip.number}`)).sha256;
  const table = { from: Date.now() - minute, to: Date.now() + 600 * minute, deadline: Date.now() + 300 * minute, items: items(clips) };
  await writeFile(house.at('table.json'), JSON.stringify(table));
  const { programme } = await house.admin('programme', 'add', '--site', site, '--file', house.at('table.json'));
  await house.admin('programme', 'distribute', '--programme', programme);
  const login = await house.api('POST', '/api/v1/sessions', { user: 'manager', password });
  const headers = { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
  assert.equal((await house.api('POST', `/api/v1/sites/${site}/programmes/${programme}/approval`, {}, headers)).status, 200);
  return (await house.admin('device', 'code', '--site', site)).code;
}

const notice = (title, change) => ({ kind: 'notice', title, body: '12月29日から1月3日まで休診します。', duration_ms: 3000, change });

test('timeline: films and notices, cut and faded, and never a dark frame', async () => {
  await inHouse(async (house) => {
    const clips = await makeClips(house.at('clips'), [film, film, film, film], { seconds: 4 });
    const code = await furnish(house, clips, ([a, b, c, d]) => [{ sha256: a.sha256 }, { sha256: b.sha256 }, notice('年末年始', 'cut'),
      { sha256: c.sha256, change: 'cut' }, notice('お知らせ'), { sha256: d.sha256 }].map((item) => JSON.parse(JSON.stringify(item))));
    const { file } = await startGlass(house);
    await writeFile(house.at('kiosk.conf'), `[cloud]\nurl = ${house.url}\nca = ${house.at('cloud/tls/ca.pem')}\ncode = ${code}
[kiosk]\ndata = ${house.at('kiosk')}\nrole = monitor\nsocket = ${house.at('kiosk.sock')}
[screen]\nmonitor = 1920x1080\nmonitor_mm = 708\nfullscreen = no\n[video]\nsound = no\n`);
    await house.startKiosk();
    const status = () => house.ctl('status').catch(() => ({}));
    await until('all films', async () => (await status()).contents?.present >= 4, { seconds: 60 });
    await until('the first film', async () => (await status()).playing?.title === 'film 0', { seconds: 60 });
    const watch = new Watch(path.join(process.env.MACHIAI_BUILD, 'tests/system/glass'), file, (await status()).monitor.film_area);
    await sleep(2 * 22000 + 4000); // two rounds
    const seen = await watch.end();
    assert.equal(seen.dark, 0, JSON.stringify(seen));
    const next = seen.boundaries.map(({ from, to }) => `${from}-${to}`);
    for (const pair of ['0-1', '1-2', '2-3', '3-0']) assert.ok(next.includes(pair), `${pair} of ${next}`);
    assert.ok(next.every((pair) => ['0-1', '1-2', '2-3', '3-0'].includes(pair)), `${next}`);
    for (const boundary of seen.boundaries) {
      const { from, to, first, us, between } = boundary, text = JSON.stringify(boundary);
      const paged = from === 1 || from === 2; // a notice stood between
      assert.equal(between, paged, text);
      if (paged) assert.ok(us > 3000000 && us < 6000000, text);
      if (to !== 3) assert.ok(first <= 12, text); // the fourth shows through a fade first
    }
    console.log(JSON.stringify(seen));
  });
});
