// The judge of growth is judged: it finds a leak below the noise, and takes neither noise nor a saw for one.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { Chance } from './chance.mjs';
import { grows, settled, slope } from './slope.mjs';

const chance = new Chance(7), noise = () => chance.whole(-500, 500);
const samples = (of) => Array.from({ length: 600 }, (_, x) => [x, of(x)]);

test('slope: a leak of a kilobyte a film is found in noise of half a megabyte', () => {
  const found = slope(samples((x) => 80000 + x + noise()));
  assert.ok(grows(found), JSON.stringify(found));
  assert.ok(Math.abs(found.value - 1) < 3 * found.half && found.half < 0.5, JSON.stringify(found));
});

test('slope: what stays, shrinks or goes up and down does not grow', () => {
  for (const of of [() => 80000 + noise(), () => 37, (x) => 80000 - x + noise(), (x) => 80000 + 400 * (x % 12) + noise()]) {
    const found = slope(samples(of));
    assert.ok(!grows(found), JSON.stringify(found));
  }
});

test('slope: an exact line is told exactly', () => {
  const { value, half } = slope(samples((x) => 5 + 2 * x));
  assert.ok(Math.abs(value - 2) < 1e-9 && half < 1e-9);
});

test('slope: a heap that settles grows at first, and not in the second half; a leak does', () => {
  const heap = (x) => 70000 + 6000 * (1 - Math.exp(-x / 60)) + noise();
  assert.ok(grows(slope(samples(heap).slice(60))));
  assert.ok(!grows(slope(settled(samples(heap)))));
  for (const leak of [(x) => heap(x) + x, (x) => heap(x) + 3 * Math.max(0, x - 400)]) assert.ok(grows(slope(settled(samples(leak)))));
});

test('slope: the half is one of what has passed, not of how often was looked', () => {
  assert.deepEqual(settled([[0, 1], [1, 2], [2, 3], [10, 4], [20, 5]]), [[10, 4], [20, 5]]);
});
