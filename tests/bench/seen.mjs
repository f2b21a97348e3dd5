// What an eye before the display sees: tests/bench/glass.c watches a place of an Xvfb's frame buffer, and this
// reads from it where one film gave way to the next, how long that took, and whether it was ever dark.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../cmake/try/process.mjs';

/** An Xvfb whose frame buffer is a file; sets house.display. */
export async function startGlass(house, size = '1920x1080') {
  const dir = house.at('glass');
  mkdirSync(dir, { recursive: true });
  const server = house.start('display', 'Xvfb', ['-displayfd', '3', '-screen', '0', `${size}x24`, '-fbdir', dir, '-noreset', '-nolisten', 'tcp'], { stdio: ['pipe'] });
  let text = '';
  server.child.stdio[3].on('data', (data) => (text += data));
  house.display = ':' + await until('Xvfb', () => text.includes('\n') && text.trim());
  house.ownDisplay = true;
  return { server, file: path.join(dir, 'Xvfb_screen0') };
}

export class Watch {
  /** area: x, y, width, height of the place. clips: a strip that none of them has is taken for none. */
  constructor(tool, file, area = [0, 0, 1280, 720], clips) {
    this.seen = [];
    this.child = spawn(tool, [file, ...area].map(String), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.done = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', resolve);
    });
    let rest = '';
    this.child.stdout.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const [at, what, ...numbers] = line.split(' '), [clip, frame] = numbers.map(Number);
        const strange = what === 'f' && clips && !(frame < clips[clip]?.frames);
        this.seen.push({ at: Number(at), what: strange ? '?' : what, clip, frame });
      }
    });
  }

  /** So far. */
  boundaries() {
    return boundaries(this.seen);
  }

  async end() {
    this.child.stdin.end();
    await this.done;
    return { dark: this.seen.filter(({ what }) => what === 'dark').length, late: (this.seen.at(-1)?.clip ?? 0) / 1000, boundaries: boundaries(this.seen) };
  }
}

/** From a film's last frame to the first one of what follows: microseconds, and what stood between (a fade, a page). */
function boundaries(seen) {
  const found = [];
  let last, between = 0;
  for (const one of seen) {
    if (one.what === '?') between = one.at;
    if (one.what !== 'f') continue;
    if (last && (one.clip !== last.clip || one.frame < last.frame)) {
      found.push({ from: last.clip, to: one.clip, last: last.frame, first: one.frame, us: one.at - last.at, at: one.at, between: between > last.at });
    }
    last = one;
  }
  return found;
}
