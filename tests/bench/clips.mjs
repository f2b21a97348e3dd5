// Films whose every frame can be told from outside: a strip of sixteen cells along the upper edge (white, black, four
// bits of the clip's number, ten of the frame's), which tests/bench/glass.c reads from the display. Under it is a
// part of a real film, or a test picture.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile), CELLS = 16;

const h264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23'];
const coders = {
  h264: [h264, 'mp4'],
  hevc: [['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'], 'mp4'],
  vp9: [['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-row-mt', '1', '-b:v', '2M'], 'webm'],
  av1: [['-c:v', 'libaom-av1', '-cpu-used', '8', '-row-mt', '1', '-usage', 'realtime', '-crf', '35', '-b:v', '0'], 'mp4'],
};

function strip(clip) {
  const box = (i, colour, enable) => `drawbox=x=iw*${i}/${CELLS}:y=0:w=iw/${CELLS}+1:h=ih/18:c=${colour}:t=fill${enable ? `:enable='${enable}'` : ''}`;
  const boxes = [`drawbox=x=0:y=0:w=iw:h=ih/18:c=black:t=fill`, box(0, 'white')];
  for (let bit = 0; bit < 4; bit++) if (clip & (8 >> bit)) boxes.push(box(2 + bit, 'white'));
  for (let bit = 0; bit < 10; bit++) boxes.push(box(6 + bit, 'white', `gte(mod(n,${1024 >> bit}),${512 >> bit})`));
  return boxes.join(',');
}

async function make(file, number, { coder, size, rate, sound, seconds }, film) {
  const [options] = coders[coder], [width, height] = size.split('x');
  const source = film ? ['-ss', String(2 + number), '-i', film] : ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}`];
  const tone = sound ? ['-f', 'lavfi', '-i', `sine=f=${220 + 40 * number}:r=48000:d=${seconds - 0.1}`] : [];
  await execute('nice', ['ffmpeg', '-loglevel', 'error', '-nostdin', '-y', ...source, ...tone, '-map', '0:v:0', ...(sound ? ['-map', '1:a:0', '-c:a', sound, '-ac', '2'] : []),
    '-vf', `fps=${rate},scale=${width}:${height},setsar=1,${strip(number)}`, '-t', String(seconds), '-pix_fmt', 'yuv420p', '-threads', '2', ...options, file]);
}

/** Makes the clips that are missing in the folder; films: real ones to cut them from. The names sort in their order. */
export async function makeClips(dir, kinds, { seconds = 3, films = [] } = {}) {
  mkdirSync(dir, { recursive: true });
  const clips = [];
  for (const [number, kind] of kinds.entries()) {
    const clip = { ...kind, seconds, number, frames: Math.round(kind.rate * seconds) };
    clip.file = path.join(dir, `${String(number).padStart(2, '0')}-${kind.coder}-${kind.size}-${kind.rate}-${seconds}s.${coders[kind.coder][1]}`);
    if (!existsSync(clip.file)) await make(clip.file, number, clip, films[number % (films.length || 1)]);
    clips.push(clip);
  }
  return clips;
}
