// What befalls the clinic: a list of faults made from a seed, and the hands that do and undo them.
import { sleep, until } from '../../cmake/try/process.mjs';
import { Chance } from './chance.mjs';

/* kind: what it strikes (only one fault at a time strikes a thing), shortest and longest ms. */
export const KINDS = {
  kill_kiosk: ['kiosk', 100, 2500],
  stop_kiosk: ['kiosk', 300, 6000],
  kill_cloud: ['cloud', 100, 5000],
  stop_cloud: ['cloud', 300, 6000],
  kill_cupsd: ['cups', 100, 3000],
  stop_cupsd: ['cups', 300, 5000],
  kill_backend: ['printer', 0, 0],
  stop_backend: ['printer', 300, 5000],
  printer_slow: ['printer', 2000, 8000],
  printer_paper_out: ['printer', 1000, 6000],
  printer_refuse: ['printer', 1000, 6000],
  printer_vanish: ['printer', 1000, 6000],
  line_delay: ['line', 1000, 10000],
  line_slow: ['line', 1000, 10000],
  line_cut_up: ['line', 1000, 8000],
  line_cut_down: ['line', 1000, 8000],
  line_cut: ['line', 1000, 8000],
  line_throttle: ['line', 1000, 8000],
  line_reset: ['line', 100, 5000],
  line_refuse: ['line', 500, 5000],
  line_half_open: ['line', 100, 4000],
  line_lost_answer: ['line', 500, 3000],
};

const BACKEND_SECONDS = 15;
const SLIPS_KINDS = ['kill_backend', 'stop_backend']; // they need a slip that is being printed

/**
 * [{at, kind, target, ms}] in the order of time; at and ms in milliseconds. Each kind comes once
 * before any comes twice. The cloud has no target.
 */
export function schedule({ seed, ms, every, kiosks }) {
  const chance = new Chance(seed), list = [], free = new Map();
  let bag = [];
  for (let at = every; at < ms; at += chance.whole(every / 3, (every * 5) / 3)) {
    if (bag.length === 0) bag = chance.shuffled(Object.keys(KINDS));
    const kind = bag.pop(), [thing, least, most] = KINDS[kind];
    const target = thing === 'cloud' ? null : chance.pick(kiosks), key = `${thing} ${target}`;
    const from = Math.max(at, free.get(key) ?? 0), lasts = chance.whole(least, most);
    free.set(key, from + lasts + 500);
    list.push({ at: from, kind, target, ms: lasts });
  }
  return list.filter((fault) => fault.at < ms).sort((a, b) => a.at - b.at);
}

const gone = (pid) => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

const signalAll = (pids, signal) => pids.forEach((pid) => {
  try {
    process.kill(pid, signal);
  } catch { /* it ended meanwhile */ }
});

/** Each does its fault and returns what mends it; null: there was nothing to strike. */
const hands = {
  async kill_kiosk(clinic, kiosk) {
    kiosk.kiosk.killed = true;
    kiosk.kiosk.kill('SIGKILL');
    await kiosk.kiosk.done;
    return () => kiosk.startKiosk();
  },
  async stop_kiosk(clinic, kiosk) {
    const { kiosk: part } = kiosk;
    part.kill('SIGSTOP');
    return () => part.kill('SIGCONT');
  },
  async kill_cloud({ cloud }) {
    cloud.cloud.killed = true;
    cloud.cloud.kill('SIGKILL');
    await cloud.cloud.done;
    return () => cloud.startCloud();
  },
  async stop_cloud({ cloud }) {
    const part = cloud.cloud;
    part.kill('SIGSTOP');
    return () => part.kill('SIGCONT');
  },
  async kill_cupsd(clinic, kiosk) {
    const pid = kiosk.cupsdPid();
    process.kill(pid, 'SIGKILL');
    await until('the end of cupsd', () => gone(pid), { every: 20 });
    return () => kiosk.startCupsd();
  },
  async stop_cupsd(clinic, kiosk) {
    const pid = kiosk.cupsdPid();
    process.kill(pid, 'SIGSTOP');
    return () => process.kill(pid, 'SIGCONT');
  },
  async kill_backend(clinic, kiosk) {
    const pids = await kiosk.backends();
    signalAll(pids, 'SIGKILL');
    return pids.length > 0 ? () => {} : null;
  },
  async stop_backend(clinic, kiosk) {
    const pids = await kiosk.backends();
    signalAll(pids, 'SIGSTOP');
    return pids.length > 0 ? () => signalAll(pids, 'SIGCONT') : null;
  },
};

async function strike(clinic, fault) {
  const kiosk = clinic.kiosks.find((one) => one.name === fault.target);
  const [, part, mode] = fault.kind.match(/^(line|printer)_(.*)$/) ?? [];
  if (part === 'line') {
    kiosk.line.set(mode);
    return () => kiosk.line.set('pass');
  }
  if (part === 'printer') {
    await kiosk.printerState(mode);
    return () => kiosk.printerState('ok');
  }
  return hands[fault.kind](clinic, kiosk);
}

/** Does a schedule; a fault waits until the one before it on the same thing is mended. */
export class Faults {
  constructor(clinic, list, say) {
    Object.assign(this, { clinic, list, say, done: {}, busy: new Map(), running: new Set() });
  }

  async run(began) {
    for (const fault of this.list) {
      await sleep(Math.max(0, began + fault.at - Date.now()));
      const key = `${KINDS[fault.kind][0]} ${fault.target}`;
      const turn = (this.busy.get(key) ?? Promise.resolve()).then(() => this.one(fault));
      this.busy.set(key, turn);
      this.running.add(turn);
      turn.finally(() => this.running.delete(turn)).catch(() => {});
    }
    await Promise.all(this.running);
  }

  async one(fault) {
    const slow = SLIPS_KINDS.includes(fault.kind) && (await this.awaitBackend(fault));
    const mend = await strike(this.clinic, fault);
    if (slow) await slow.printerState('ok');
    this.say(`fault ${fault.kind} ${fault.target ?? ''} ${mend ? `${fault.ms} ms` : 'found nothing'}`);
    if (!mend) return;
    this.done[fault.kind] = (this.done[fault.kind] ?? 0) + 1;
    await sleep(fault.ms);
    await mend();
  }

  /** A slip is printed every few seconds; while the printer is slow its backend can be met. */
  async awaitBackend({ target }) {
    const kiosk = this.clinic.kiosks.find((one) => one.name === target);
    await kiosk.printerState('slow');
    await until('a backend', async () => (await kiosk.backends()).length > 0, { seconds: BACKEND_SECONDS, every: 150 }).catch(() => {});
    return kiosk;
  }
}
