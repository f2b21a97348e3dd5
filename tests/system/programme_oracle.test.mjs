// The oracle itself: it must find what is wrong.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { Oracle } from './programme_oracle.mjs';

const monday = Date.parse('2026-11-30T00:00:00+09:00'), hour = 3600 * 1000, day = 24 * hour;
const film = (sha256, kind = 'health', more = {}) => ({ sha256, kind, ...more });
const facts = () => ({
  programmes: [{ from: monday, to: monday + 7 * day, deadline: monday - day, distributed: monday - 5 * day, approved: monday - 2 * day,
    items: [film('h1'), film('a1', 'advertisement'), film('h2', 'health', { weekdays: 1 << 1, daypart_from: 9 * 60, daypart_to: 12 * 60 })] }],
  substitutes: ['s1'], withdrawn: [],
});
const play = (start, sha256, item, more = {}) => ({ start, sha256, item, kind: 'health', reason: 'scheduled', ending: 'whole', title: sha256, ...more });
const instead = (start, planned, item, reason) => play(start, 's1', item, { kind: 'substitute', planned, reason });

test('a round as it should be', () => {
  const t = monday + 10 * hour;
  const counts = new Oracle(facts()).check([play(t, 'h1', 0), play(t + 1, 'a1', 1, { kind: 'advertisement' }), play(t + 2, 'h2', 2), play(t + 3, 'h1', 0)]);
  assert.deepEqual(counts, { scheduled: 4 });
});

test('what it must find', () => {
  const t = monday + 10 * hour;
  const wrong = (change, plays, pattern) => {
    const all = facts();
    change(all);
    assert.throws(() => new Oracle(all).check(plays), pattern);
  };
  const late = (all) => { all.programmes[0].approved = monday; };
  wrong(late, [play(t, 'h1', 0)], /the terms say unapproved/);
  wrong((all) => { delete all.programmes[0].approved; }, [play(t, 'h1', 0)], /unapproved/);
  wrong((all) => { all.programmes[0].approved = all.programmes[0].deadline; }, [play(t, 'h1', 0)], /unapproved/);
  wrong((all) => { all.withdrawn.push({ sha256: 'h1', known: t - hour }); }, [play(t, 'h1', 0)], /withdrawn/);
  wrong(() => {}, [instead(t, 'h1', 0, 'unapproved')], /the terms say scheduled/);
  wrong(() => {}, [play(t, 'h2', 0)], /another film/);
  wrong(() => {}, [play(t, 'h1', 0), play(t + 1, 'h2', 2)], /item 1 comes after item 0/);
  wrong(() => {}, [play(t + 3 * hour, 'h2', 2)], /has no place/);
  wrong(() => {}, [play(monday + 7 * day, 'h1', 0)], /nothing is planned now/);
  wrong(late, [play(t, 's2', 0, { kind: 'substitute', reason: 'unapproved', planned: 'h1' })], /no substitute of ours/);
  wrong(late, [instead(t, 'h2', 0, 'unapproved')], /stands for something else/);
});
