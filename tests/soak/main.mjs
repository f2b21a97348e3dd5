// main.mjs --build DIR [--minutes M] [--seed S] [--dir DIR]: see tests/soak/run.
import path from 'node:path';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { soak } from './soak.mjs';

const { values } = parseArgs({ options: {
  build: { type: 'string' }, minutes: { type: 'string', default: '60' }, seed: { type: 'string' }, dir: { type: 'string' },
} });
const PACE_A_MINUTE = 150; // a series has 999 numbers a day: the longer, the fewer people
const minutes = Number(values.minutes), seed = Number(values.seed ?? Date.now() % 1000000);
if (!values.build || !(minutes > 0) || !Number.isInteger(seed)) {
  console.error('usage: tests/soak/run [--minutes M] [--seed S] [--dir DIR]');
  process.exit(2);
}
const dir = values.dir ? path.resolve(values.dir) : await mkdtemp(path.join(os.tmpdir(), 'machiai-soak-'));
console.log(`soak of ${minutes} min, seed ${seed}; logs in ${dir}`);
/** A soak that is broken off leaves no process behind. */
function endWith(clinic) {
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
    process.once(signal, () => clinic.stop().then(() => clinic.stop()).finally(() => process.exit(status))); // twice: a fault may just be mended
}

const { ok } = await soak({
  dir, build: path.resolve(values.build), seed, seconds: minutes * 60, every: 8000,
  pace: Math.max(8000, minutes * PACE_A_MINUTE), keep: true,
  tell: (text) => console.log(text), opened: endWith,
});
console.log(ok ? `\nNothing was found. To see it again: --seed ${seed}` : `\nVIOLATED; all logs, slips and databases are in ${dir}. To see it again: tests/soak/run --minutes ${minutes} --seed ${seed}`);
process.exit(ok ? 0 : 1);
