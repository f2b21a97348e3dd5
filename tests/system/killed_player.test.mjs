// The player is killed again and again under a whole kiosk, and stopped as if it hung: the display, watched from outside at its frame
// buffer, is never dark, films of a new player follow, and the terminal gives a number while there is none.
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { makeClips } from '../bench/clips.mjs';
import { startGlass, Watch } from '../bench/seen.mjs';
import { inHouse, sleep, until } from './fixture.mjs';
import { addClinic, addFilms, addProgramme } from './one_programme.mjs';

const TERMINAL_WIDTH = 1080, PATIENCE = { seconds: 60, every: 20 };
const SIGNALS = ['SIGKILL', 'SIGSTOP', 'SIGKILL', 'SIGSEGV', 'SIGKILL'];
const film = { coder: 'h264', size: '640x360', rate: 25 };

async function furnish(house) {
  await house.open();
  await house.startCloud();
  const site = await addClinic(house), clips = await makeClips(house.at('clips'), [film, film, film, film], { seconds: 6 });
  await addFilms(house, clips);
  await addProgramme(house, site, clips.map(({ sha256 }) => ({ sha256 })));
  await house.startPrinter();
  const { file } = await startGlass(house, '3008x1920');
  await house.writeConfig((await house.admin('device', 'code', '--site', site)).code);
  await house.startKiosk();
  await until('a film', async () => (await house.asks('status')).playing?.title?.startsWith('film '), { seconds: 90 });
  const [x, ...area] = (await house.asks('status')).monitor.film_area;
  return new Watch(path.join(process.env.MACHIAI_BUILD, 'tests/system/glass'), file, [x + TERMINAL_WIDTH, ...area], clips);
}

/** The number that somebody takes. */
async function takeNumber(house) {
  const start = await until('the start screen', async () => (await house.asks('status')).terminal.widgets.find((name) => name.startsWith('service:')), PATIENCE);
  await house.ctl('tap', start);
  return until('a number', async () => (await house.asks('status')).terminal.number, PATIENCE);
}

test('a player that is killed or hangs: never dark, films go on, numbers are given', async () => {
  await inHouse(async (house) => {
    const watch = await furnish(house), dead = new Set();
    for (const signal of SIGNALS) {
      const { video: { pid } } = await house.asks('status');
      assert.ok(pid > 0 && !dead.has(pid), `a living player: ${pid}`);
      dead.add(pid);
      process.kill(pid, signal);
      if (dead.size === 1) assert.match(await takeNumber(house), /^\d+$/);
      const frames = await until(`frames of another player after ${signal}`, async () => {
        const { video } = await house.asks('status');
        return video.pid && !dead.has(video.pid) && video.frames > 0 && video.frames;
      }, PATIENCE);
      await until('its picture', async () => (await house.asks('status')).video.frames > frames + film.rate, PATIENCE);
      await sleep(Math.random() * 2000); // the next one at any moment of a film
    }
    const before = watch.boundaries().length;
    await until('one film after the other again', () => watch.boundaries().length >= before + 2, { seconds: 90 });
    const seen = await watch.end();
    assert.equal(seen.dark, 0, JSON.stringify(seen));
    assert.equal(house.kiosk.exited, null, 'the kiosk itself lives');
  });
});
