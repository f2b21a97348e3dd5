// The players that are measured: each shows the same films, in turn and without an end, in the same place of the same
// display. Ours has its board around the film, the Chromium page a panel like it; cvlc and mpv show the film alone, in a
// window that stands there already.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { page } from './page.mjs';

const drawn = { SDL_VIDEODRIVER: 'x11', SDL_RENDER_DRIVER: 'software', SDL_FRAMEBUFFER_ACCELERATION: '0', SDL_AUDIODRIVER: 'dummy' };

/** VLC refuses root: then everything but the kiosk runs as nobody. */
function asNobody(command, args) {
  return process.getuid() === 0 ? ['setpriv', ['--reuid=nobody', '--regid=nogroup', '--clear-groups', command, ...args]] : [command, args];
}

function stranger(house, name, command, args) {
  const home = house.at(`home-${name}`);
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o777);
  const [program, all] = asNobody(command, args);
  return house.start(name, program, all, { env: { DISPLAY: house.display, HOME: home, XDG_RUNTIME_DIR: home }, cwd: home });
}

function kiosk(house, name, players) {
  const config = house.at(`${name}.conf`);
  writeFileSync(config, `${house.common}[video]\nsubstitutes = ${house.clips}\nplayers = ${players}\n`);
  return house.start(name, house.bin.kiosk, ['run', '--config', config], { env: { DISPLAY: house.display, ...drawn } });
}

function chromium(house, files, area, more = []) {
  const file = house.at('page.html');
  writeFileSync(file, page(files, area));
  return stranger(house, 'chromium', 'chromium', ['--no-sandbox', '--no-first-run', '--no-default-browser-check', '--kiosk',
    '--autoplay-policy=no-user-gesture-required', '--disable-component-update', '--disable-background-networking', '--password-store=basic',
    '--window-position=0,0', '--window-size=1920,1080', ...more, `file://${file}`]);
}

export const players = {
  machiai: (house) => kiosk(house, 'machiai', 2),

  'machiai, players = 1': (house) => kiosk(house, 'machiai-1', 1),

  cvlc: (house, files) => stranger(house, 'cvlc', 'cvlc', ['--quiet', '--loop', '--no-osd', '--no-video-title-show', '--no-spu',
    '--vout=xcb_x11', '--aout=dummy', `--drawable-xid=${house.frame}`, ...files]),

  mpv: (house, files) => stranger(house, 'mpv', 'mpv', ['--no-config', '--really-quiet', '--loop-playlist=inf', '--no-osc', '--no-osd-bar',
    '--vo=x11', '--ao=null', '--prefetch-playlist=yes', '--force-window=yes', `--wid=${house.frame}`, ...files]),

  chromium,

  'chromium, no GPU': (house, files, area) => chromium(house, files, area, ['--disable-gpu']),
};
