// Films and notices in one timeline on a real kiosk, watched from outside at the display's frame buffer: nothing is
// ever dark, films follow films and notices in their order, a film that is cut in begins with its first frames.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { makeClips } from '../bench/clips.mjs';
import { startGlass, Watch } from '../bench/seen.mjs';
import { inHouse, sleep, until } from './fixture.mjs';
import { addClinic, addFilms, addProgramme } from './one_programme.mjs';

const film = { coder: 'h264', size: '640x360', rate: 25 };

const notice = (title, change) => ({ kind: 'notice', title, body: '12月29日から1月3日まで休診します。', duration_ms: 3000, change });

/** Two films, a notice that is cut in, a film that is cut in, a notice that fades in, a film that fades in. */
async function furnish(house) {
  await house.open();
  await house.startCloud();
  const site = await addClinic(house), clips = await makeClips(house.at('clips'), [film, film, film, film], { seconds: 4 });
  await addFilms(house, clips);
  const [a, b, c, d] = clips.map(({ sha256 }) => ({ sha256 }));
  await addProgramme(house, site, [a, b, notice('年末年始', 'cut'), { ...c, change: 'cut' }, notice('お知らせ'), d]);
  const { code } = await house.admin('device', 'code', '--site', site), { file } = await startGlass(house);
  house.glass = file;
  return `[cloud]\nurl = ${house.url}\nca = ${house.at('cloud/tls/ca.pem')}\ncode = ${code}
[kiosk]\ndata = ${house.at('kiosk')}\nrole = monitor\nsocket = ${house.at('kiosk.sock')}
[screen]\nmonitor = 1920x1080\nmonitor_mm = 708\nfullscreen = no\n[video]\nsound = no\n`;
}

/** What an eye before the display sees in two rounds. */
async function lookOn(house, config) {
  await writeFile(house.at('kiosk.conf'), config);
  await house.startKiosk();
  const status = () => house.ctl('status').catch(() => ({}));
  await until('all films', async () => (await status()).contents?.present >= 4, { seconds: 60 });
  await until('the first film', async () => (await status()).playing?.title === 'film 0', { seconds: 60 });
  const watch = new Watch(path.join(process.env.MACHIAI_BUILD, 'tests/system/glass'), house.glass, (await status()).monitor.film_area);
  await sleep(2 * 22000 + 4000);
  const seen = await watch.end();
  console.log(JSON.stringify(seen));
  return seen;
}

function never_dark_and_in_order(seen) {
  const next = seen.boundaries.map(({ from, to }) => `${from}-${to}`);
  assert.equal(seen.dark, 0, JSON.stringify(seen));
  for (const pair of ['0-1', '1-2', '2-3', '3-0']) assert.ok(next.includes(pair), `${pair} of ${next}`);
  assert.ok(next.every((pair) => ['0-1', '1-2', '2-3', '3-0'].includes(pair)), `${next}`);
}

test('timeline: films and notices, cut and faded, and never a dark frame', async () => {
  await inHouse(async (house) => {
    const seen = await lookOn(house, await furnish(house));
    never_dark_and_in_order(seen);
    for (const boundary of seen.boundaries) {
      const { from, to, first, us, between } = boundary, text = JSON.stringify(boundary);
      const paged = from === 1 || from === 2; // a notice stood between
      assert.equal(between, paged, text);
      if (paged) assert.ok(us > 3000000 && us < 6000000, text);
      if (to !== 3) assert.ok(first <= 12, text); // the fourth shows through a fade first
    }
  });
});

// A board with little memory: the next film is opened when the last one has ended, whose last frame is held meanwhile.
test('timeline with one player: the last frame is held, and never a dark frame', async () => {
  await inHouse(async (house) => {
    const seen = await lookOn(house, `${await furnish(house)}players = 1\n`);
    never_dark_and_in_order(seen);
    for (const { from, to, last, us, between } of seen.boundaries.filter(({ from }) => from === 0 || from === 3)) {
      assert.equal(between, false, `${from}-${to}: something stood between the two films`);
      assert.ok(last >= 4 * film.rate - 3, `${from}-${to}: held after frame ${last}`);
      assert.ok(us < 3000000, `${from}-${to}: held for ${us} us`);
    }
  });
});
