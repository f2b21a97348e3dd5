// main.mjs run|fresh|smoke|pictures BUILD FILMS: see cmake/try.sh.
import { mkdtemp } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { House } from './house.mjs';
import { pictures } from './pictures.mjs';
import { smoke } from './smoke.mjs';
import { sleep } from './process.mjs';

const [mode, build, films] = [process.argv[2], path.resolve(process.argv[3]), path.resolve(process.argv[4])];

/** Runs a story in a house of its own; exit 0 only if it came to its end. */
async function runOnce(story) {
  const house = new House({ dir: await mkdtemp(path.join(os.tmpdir(), 'machiai-once-')), build, films });
  let status = 0;
  try {
    await story(house);
    console.log('All of it happened.');
  } catch (error) {
    console.error(`\nIt did not all happen: ${error.message}\nLogs and pictures are in ${house.dir}`);
    status = 1;
  }
  await house.stop();
  if (status === 0) await house.remove();
  process.exit(status);
}

/** Without a display, what the two screens show is written as pictures every few seconds. */
async function takePictures(house, stopped) {
  while (!stopped()) {
    for (const screen of ['terminal', 'monitor']) {
      await house.ctl('screenshot', house.at(`${screen}.png`), screen).catch(() => {});
    }
    await sleep(3000);
  }
}

function explain(house) {
  const { demo, url } = house;
  const where = (file) => path.relative(process.cwd(), house.at(file));
  console.log(`
  Machiai is running. It uses a certificate authority of its own: ${where('cloud/tls/ca.pem')}

  Staff console      ${url}/staff/           user reception  password ${demo.people.reception}
  Model programme    ${url}/programme/       user manager    password ${demo.people.manager}
  Patients           ${url}/q/${demo.clinic_no}-1
  Slips (PNG)        ${where('slips')}/
${house.ownDisplay
    ? `  No display here: the two screens are ${where('terminal.png')} and ${where('monitor.png')}, renewed every 3 s.
  Touch it with      ${path.relative(process.cwd(), house.bin.kiosk)} ctl --socket ${where('kiosk.sock')} tap service:adult`
    : '  Terminal and monitor are the two windows: take a number with the mouse.'}

  The programme is not approved yet: relaxation footage plays. Approve it on the programme page.
  Ctrl-C ends everything.`);
}

async function runDemo() {
  const display = process.env.DISPLAY;
  const voice = display && existsSync('build/voice/number') ? path.resolve('build/voice') : undefined;
  const house = new House({
    dir: path.resolve('build/try'), build, films, voice, port: Number(process.env.MACHIAI_PORT ?? 8443),
    screens: display ? { terminal: '540x960', monitor: '1280x720' } : {},
    log: (what) => console.log(`      ${what}`),
  });
  if (mode === 'fresh') await house.remove();
  let stopping = false;
  const end = async (status) => {
    if (stopping) return;
    stopping = true;
    console.log('\nEnding...');
    await house.stop();
    process.exit(status);
  };
  process.on('SIGINT', () => end(0));
  process.on('SIGTERM', () => end(0));
  try {
    await house.startAll({ display });
  } catch (error) {
    console.error(`\nIt did not start: ${error.message}\nLogs are in ${house.at('log')}`);
    return end(1);
  }
  explain(house);
  if (house.ownDisplay) takePictures(house, () => stopping);
  await Promise.race([house.kiosk.done, house.cloud.done]);
  if (!stopping) {
    const part = house.kiosk.exited ? house.kiosk : house.cloud;
    console.error(`\nThe ${part.name} ended by itself; the end of its log:\n${readFileSync(part.log, 'utf8').split('\n').slice(-12).join('\n')}`);
    await end(1);
  }
}

const stories = { smoke, pictures };
await (mode in stories ? runOnce(stories[mode]) : runDemo());
