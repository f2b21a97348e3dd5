// A minute of the soak: each kind of fault once, and nothing found. An hour: tests/soak/run.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { KINDS, schedule } from './faults.mjs';
import { soak } from './soak.mjs';

const SECONDS = 60, EVERY_MS = 2000;

test('the same seed gives the same faults, each kind of them', () => {
  const wish = { seed: 5, ms: SECONDS * 1000, every: EVERY_MS, kiosks: ['a', 'b'] };
  assert.deepEqual(schedule(wish), schedule(wish));
  assert.notDeepEqual(schedule(wish), schedule({ ...wish, seed: 6 }));
  assert.deepEqual(new Set(schedule(wish).map((fault) => fault.kind)), new Set(Object.keys(KINDS)));
});

test('a minute of accidents', async () => {
  const { ok, text, evidence, faults, dir } = await soak({
    dir: await mkdtemp(path.join(os.tmpdir(), 'machiai-soak-')), build: process.env.MACHIAI_BUILD,
    seed: Number(process.env.MACHIAI_SOAK_SEED ?? 1), seconds: SECONDS, every: EVERY_MS, pace: 2500,
  });
  console.log(text);
  assert.ok(ok, `something was found; all is in ${dir}`);
  // it was a soak: people came, slips came, and the accidents happened
  assert.ok(evidence.shown.length >= 5 && evidence.slips.length >= 3 && evidence.acts.length >= 5, 'a crowd');
  assert.ok(Object.keys(faults.done).length >= Object.keys(KINDS).length - 2, 'a backend may have ended before it was met');
});
