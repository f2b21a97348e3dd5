// main.mjs run|fresh|smoke|pictures BUILD FILMS: see cmake/try.sh.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { House } from './house.mjs';
import { pictures } from './pictures.mjs';
import { smoke } from './smoke.mjs';
import { sleep } from './process.mjs';

const [mode, build, films] = [process.argv[2], path.resolve(process.argv[3]), path.resolve(process.argv[4])];

const stories = { smoke, pictures };

/**
 * Returns end(status), which stops all parts and the process, once; signals call it too. A closed
 * terminal is such a signal, and then nothing can be printed any more.
 */
function endTogether(house) {
  let ending = null;
  const end = (status) => (ending ??= house.stop().then(() => process.exit(status)));
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) {
    process.on(signal, () => {
      if (!ending) console.log('\nEnding...');
      end(mode in stories ? status : 0);
    });
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  end.begun = () => ending !== null;
  return end;
}

/** Runs a story in a house of its own, which stays for a look; exit 0 only if it came to its end. */
async function runOnce(story) {
  const house = new House({ dir: path.resolve('build', mode), build, films });
  const end = endTogether(house);
  await house.remove();
  try {
    await story(house);
    console.log(`All of it happened. Pictures and logs stay in ${path.relative(process.cwd(), house.dir)}`);
    await end(0);
  } catch (error) {
    if (!end.begun()) console.error(`\nIt did not all happen: ${error.message}\nLogs and pictures are in ${house.dir}`);
    await end(1);
  }
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
  Contractor         ${url}/programme/       user manager    password ${demo.people.manager}
  Operator           ${url}/operator/        user operator   password ${demo.people.operator ?? '(of a demo begun anew)'}
  Patients           ${url}/q/${demo.clinic_no}-1
  Slips (PNG)        ${where('slips')}/
${house.ownDisplay
    ? `  No display here: the two screens are ${where('terminal.png')} and ${where('monitor.png')}, renewed every 3 s.
  Touch it with      ${path.relative(process.cwd(), house.bin.kiosk)} ctl --socket ${where('kiosk.sock')} tap service:adult`
    : '  Terminal and monitor are the two windows: take a number with the mouse.'}

  Relaxation footage plays until the programme is approved on its page; then films do.
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
  const end = endTogether(house);
  if (mode === 'fresh') await house.remove();
  try {
    await house.startAll({ display });
  } catch (error) {
    if (!end.begun()) console.error(`\nIt did not start: ${error.message}\nLogs are in ${house.at('log')}`);
    return end(1);
  }
  explain(house);
  if (house.ownDisplay) takePictures(house, end.begun);
  await Promise.race([house.kiosk.done, house.cloud.done]);
  if (!end.begun()) {
    const part = house.kiosk.exited ? house.kiosk : house.cloud;
    console.error(`\nThe ${part.name} ended by itself; the end of its log:\n${part.lastWords()}`);
    await end(1);
  }
}

await (mode in stories ? runOnce(stories[mode]) : runDemo());
