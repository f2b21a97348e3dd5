#!/usr/bin/env node
// Our player beside cvlc, mpv and a Chromium page, with the same films in the same place of one display, by turns: what
// an eye sees between two films, and what that costs.
//
//   node tests/bench/player.mjs BUILD_DIR [--boundaries 108] [--others 12] [--rounds 3] [--only machiai --only mpv]
//
// boundaries: of ours, over all rounds; others: of each other player, a round. Films are cut from MACHIAI_FILMS
// (BUILD_DIR/../films) or, where there are none, drawn. Chromium plays no H.265: the films are of what all play.
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { House } from '../../cmake/try/house.mjs';
import { sleep, until } from '../../cmake/try/process.mjs';
import { quantile } from './boards.mjs';
import { makeClips } from './clips.mjs';
import { Load } from './player/load.mjs';
import { players } from './player/players.mjs';
import { startGlass, Watch } from './seen.mjs';

const { values: options, positionals: [where] } = parseArgs({ allowPositionals: true, options: {
  boundaries: { type: 'string', default: '108' }, others: { type: 'string', default: '12' },
  rounds: { type: 'string', default: '3' }, only: { type: 'string', multiple: true },
} });
if (!where) {
  console.error('usage: node tests/bench/player.mjs BUILD_DIR [--boundaries 108] [--others 12] [--rounds 3] [--only PLAYER]...');
  process.exit(2);
}
const build = path.resolve(where), rounds = Number(options.rounds), SECONDS = 2.6, START_SECONDS = 30;
const kinds = [
  { coder: 'h264', size: '1280x720', rate: 25, sound: 'aac' },
  { coder: 'vp9', size: '1280x720', rate: 30 },
  { coder: 'h264', size: '1920x1080', rate: 30, sound: 'aac' },
  { coder: 'av1', size: '1280x720', rate: 24 },
  { coder: 'h264', size: '854x480', rate: 50 },
  { coder: 'h264', size: '1920x1080', rate: 24 },
];
const usual = ['machiai', 'machiai, players = 1', 'cvlc', 'mpv', 'chromium'];
const now = () => Number(process.hrtime.bigint() / 1000n);

/** A kiosk that has its clinic, and a display that can be read. */
async function furnish(house) {
  chmodSync(house.dir, 0o755);
  await house.open();
  await house.startCloud();
  const { site } = await house.admin('site', 'add', '--settings', fileURLToPath(new URL('../../assets/demo/settings.json', import.meta.url)));
  const { code } = await house.admin('device', 'code', '--site', site);
  house.glass = await startGlass(house);
  house.common = `[cloud]\nurl = ${house.url}\nca = ${house.at('cloud/tls/ca.pem')}\ncode = ${code}
[kiosk]\ndata = ${house.at('kiosk')}\nrole = monitor\nsocket = ${house.at('kiosk.sock')}
[screen]\nmonitor = 1920x1080\nmonitor_mm = 708\nfullscreen = no\n`;
}

/** Films cut from real ones, and where our board shows them. */
async function prepare(house) {
  const provided = path.join(process.env.MACHIAI_FILMS ?? path.join(build, '../films'), 'provided');
  const films = existsSync(provided) ? readdirSync(provided).map((name) => path.join(provided, name)) : [];
  house.clips = house.at('clips');
  const kept = path.join(build, 'tests/bench/clips'), clips = await makeClips(kept, kinds, { seconds: SECONDS, films });
  cpSync(kept, house.clips, { recursive: true });
  for (const clip of clips) clip.file = path.join(house.clips, path.basename(clip.file)); // others' programs may read it there
  const first = players.machiai(house);
  const area = await until('our board', async () => {
    const status = await house.ctl('status');
    return status.enrolled && status.monitor.desks.length > 0 && status.video.frames > 10 && status.monitor.film_area;
  }, { seconds: 60 });
  await first.stop();
  const frame = house.start('frame', path.join(build, 'tests/system/frame'), area.map(String), { env: { DISPLAY: house.display } });
  house.frame = (await frame.line(/^(\d+)$/))[1];
  return { clips, area };
}

/** What should have passed from the last frame that was seen to the next film's first: everything beyond is too much. */
function excess({ from, to, last, first, us }, clips) {
  const a = clips[from], b = clips[to], due = (a.frames - last) / a.rate + first / b.rate;
  return { frames: (us / 1e6 - due) * a.rate, lost: a.frames - 1 - last + first };
}

/** One player's turn. */
async function play(house, name, { clips, area }, wanted) {
  const watch = new Watch(path.join(build, 'tests/system/glass'), house.glass.file, area, clips), since = now();
  const program = players[name](house, clips.map(({ file }) => file), area), load = new Load(program.pid, house.glass.server.pid);
  const frames = () => watch.seen.filter(({ what }) => what === 'f');
  try {
    const { at: start } = await until(`${name}'s first frame`, () => frames()[0], { seconds: START_SECONDS, every: 20 });
    await until(`${wanted} films of ${name}`, () => {
      if (program.exited) throw Object.assign(new Error(program.lastWords()), { final: true });
      return watch.boundaries().length > wanted;
    }, { seconds: 3 * wanted * SECONDS + 60, every: 200 });
    // From the first boundary on: what starts is over, and whole rounds of the films are compared.
    const seen = watch.boundaries().slice(0, wanted + 1), end = seen.at(-1).at;
    const dark = watch.seen.filter(({ what, at }) => what === 'dark' && at > start && at < end).length;
    return { start: (start - since) / 1000, dark, gaps: seen.slice(0, wanted).map((one) => excess(one, clips)), pss: load.pss.map((bytes) => bytes / 2 ** 20),
      ...load.between(seen[0].at, end) };
  } finally {
    load.end();
    await program.stop();
    await watch.end();
    await sleep(500);
  }
}

const text = (value, digits = 1) => value.toFixed(digits);

function tell(results) {
  const pad = (cells) => console.log(cells.map((cell, i) => (i ? String(cell).padStart(9) : cell.padEnd(21))).join(' '));
  pad(['', 'bounds', 'excess:', 'median', 'p90', 'worst', 'lost p50', 'dark', 'start ms', 'PSS MB', 'cores', '+ X']);
  const medians = {};
  for (const [name, list] of results) {
    const gaps = list.flatMap((one) => one.gaps), all = gaps.map(({ frames }) => frames), dark = list.reduce((sum, one) => sum + one.dark, 0);
    const median = (of) => quantile(list.flatMap(of), 0.5);
    const m = medians[name] = { excess: quantile(all, 0.5), worst: Math.max(...all), dark, start: median((one) => one.start), pss: median((one) => one.pss),
      own: median((one) => one.own), both: median((one) => one.own + one.display) };
    pad([name, all.length, '', text(m.excess, 2), text(quantile(all, 0.9), 2), text(m.worst, 2), quantile(gaps.map(({ lost }) => lost), 0.5), dark, text(m.start, 0), text(m.pss, 0), text(m.own, 2), text(m.both, 2)]);
  }
  return medians;
}

function judge({ machiai: ours, chromium }) {
  const line = (what, value, most) => console.log(`${what}: ${text(value, 2)} (wanted: at most ${most}) ${value <= most ? 'held' : 'MISSED'}`);
  if (!ours) return;
  line('excess frames, median', ours.excess, 0.5);
  line('excess frames, worst', ours.worst, 2);
  line('black frames', ours.dark, 0);
  if (!chromium) return;
  line('processor time beside Chromium', ours.own / chromium.own, 0.8);
  line('  the X server of each included', ours.both / chromium.both, 0.8);
  line('PSS beside Chromium', ours.pss / chromium.pss, 0.4);
  line('start to first frame beside Chromium', ours.start / chromium.start, 0.5);
}

const house = new House({ dir: mkdtempSync(path.join(tmpdir(), 'machiai-bench-')), build, films: tmpdir() });
try {
  await furnish(house);
  const scene = await prepare(house), results = new Map((options.only ?? usual).map((name) => [name, []]));
  for (const name of results.keys()) await play(house, name, scene, 1); // warm: files in memory, profiles made
  for (let round = 0; round < rounds; round++) {
    for (const [name, list] of results) {
      const one = await play(house, name, scene, name === 'machiai' ? Math.ceil(options.boundaries / rounds) : Number(options.others));
      list.push(one);
      console.log(`round ${round + 1}, ${name}: excess ${one.gaps.map(({ frames }) => text(frames)).join(' ')}; dark ${one.dark}; start ${text(one.start, 0)} ms; load ${text(loadavg()[0])}`);
    }
  }
  judge(tell(results));
} finally {
  await house.stop();
  await house.remove();
}
