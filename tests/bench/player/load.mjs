// What a program and all its children cost: processor time and memory (PSS: what is shared counts in parts), read
// from /proc while it runs.
import { readFileSync, readdirSync } from 'node:fs';

const TICK_S = 0.01, EVERY_MS = 200, MEMORY_EACH = 15;

function stat(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
  return { parent: Number(fields[1]), cpu: (Number(fields[11]) + Number(fields[12])) * TICK_S };
}

/** The process and everything below it: pid to its seconds of processor time. */
export function tree(root) {
  const all = new Map(), found = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try { all.set(Number(name), stat(name)); } catch { /* it has just ended */ }
  }
  const add = (pid) => {
    if (!all.has(pid) || found.has(pid)) return;
    found.set(pid, all.get(pid).cpu);
    for (const [child, { parent }] of all) if (parent === pid) add(child);
  };
  add(root);
  return found;
}

/** One process's own figures, bytes. Zeros: it has just ended. */
export function memory(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const field = (name) => 1024 * Number(text.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))?.[1] ?? 0);
    return { rss: field('Rss'), pss: field('Pss') };
  } catch { return { rss: 0, pss: 0 }; }
}

export class Load {
  /** root: the program; display: its X server, whose time is told apart. */
  constructor(root, display) {
    Object.assign(this, { root, display, seen: new Map(), samples: [], pss: [], turn: 0 });
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  look() {
    const now = tree(this.root);
    for (const [pid, cpu] of now) this.seen.set(pid, cpu); // what has ended keeps what it had
    const sum = [...this.seen.values()].reduce((all, cpu) => all + cpu, 0);
    this.samples.push({ us: Number(process.hrtime.bigint() / 1000n), own: sum, display: stat(this.display).cpu });
    if (++this.turn % MEMORY_EACH === 0) this.pss.push([...now.keys()].reduce((all, pid) => all + memory(pid).pss, 0));
  }

  /** Between two moments (microseconds of CLOCK_MONOTONIC): cores used, by the program and by its display. */
  between(from, to) {
    const at = (us) => this.samples.find((one) => one.us >= us) ?? this.samples.at(-1);
    const [a, b] = [at(from), at(to)], seconds = (b.us - a.us) / 1e6;
    return { own: (b.own - a.own) / seconds, display: (b.display - a.display) / seconds };
  }

  end() {
    clearInterval(this.timer);
  }
}
