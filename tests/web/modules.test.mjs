// Rules of the pages that need no browser. MACHIAI_WEB names the laid-out pages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { importPages } from './modules.mjs';

const { acts, plan, words, when } = await importPages(path.join(process.env.MACHIAI_WEB, 'assets'),
  ['acts', 'plan', 'words', 'when']);

const desk = (desk_no, kind = 'consultation') => ({ desk_no, kind, rooms: [{ id: `r${desk_no}`, name: `${desk_no}` }], next: null });
const ticket = (state, more = {}) => ({ ticket: `t-${state}`, state, number: '1', desk_no: 1, called: 0, last_event: 'e1', room: '', ...more });
const view = (tickets, desks = [desk(1), desk(2, 'payment')]) => ({ tickets, desks, services: [] });

// "{EVENT_HELD, S(RESERVED) | S(WAITING), TICKET_HELD}" in the domain's table of acts.
function rulesOfTheDomain() {
  const source = readFileSync(new URL('../../firmware/core/rules.c', import.meta.url), 'utf8');
  const kinds = readFileSync(new URL('../../firmware/core/event.h', import.meta.url), 'utf8');
  const wire = Object.fromEntries([...kinds.matchAll(/X\((\w+),[\s\\]*"(\w+)"\)/g)].map(([, name, text]) => [name, text]));
  const rules = {};
  for (const [, kind, from] of source.matchAll(/\{EVENT_(\w+),([^{}]*?),\s*(?:-1|TICKET_\w+)\}/g)) {
    rules[wire[kind]] = [...from.matchAll(/S\((\w+)\)/g)].map(([, state]) => state.toLowerCase());
  }
  return rules;
}

test('late is who said so and is not here: a booking that was checked in is here', () => {
  const late = (state, channel, ms = 5) => acts.isLate(ticket(state, { channel, late: ms }));
  assert.deepEqual(['reserved', 'absent', 'called', 'held'].map((state) => late(state, 'web')), [true, true, true, true]);
  assert.deepEqual([late('waiting', 'web'), late('waiting', 'phone'), late('waiting', 'kiosk')], [false, false, true]);
  assert.deepEqual(['in_room', 'done', 'cancelled', 'to_pay'].map((state) => late(state, 'web')), [false, false, false, false]);
  assert.equal(acts.isLate(ticket('reserved')), false);
});

test('no act is offered that the domain would refuse', () => {
  const rules = rulesOfTheDomain();
  assert.ok(Object.keys(rules).length > 12, 'the table was found');
  for (const state of ['offered', 'reserved', 'waiting', 'absent', 'held', 'called', 'in_room', 'in_exam', 'to_pay', 'done', 'cancelled']) {
    for (const [desk_no, channel] of [[1, 'kiosk'], [1, 'web'], [2, 'kiosk']]) {
      const one = ticket(state, { desk_no, channel });
      assert.equal(acts.actsOf(view([one]), one).includes('slip'),
        channel === 'kiosk' && !['offered', 'done', 'cancelled'].includes(state), 'who may have one more slip');
      const mayName = (view_, more) => acts.actsOf(view_, { ...one, ...more }).includes('name');
      assert.equal(mayName(view([one])), !['offered', 'done', 'cancelled'].includes(state), 'a live number takes a name');
      assert.ok(mayName(view([one]), { name: '山田' }), 'one that is there can be removed');
      assert.ok(!mayName({ ...view([one]), line: {} }), "the kiosk's own page knows no names");
      for (const act of acts.actsOf(view([one]), one)) {
        if (['slip', 'check', 'name'].includes(act)) continue; // move nothing, so they are in no table
        const { kind } = acts.ACTS[act];
        assert.ok(rules[kind].includes(state), `${act} (${kind}) at desk ${desk_no} in ${state}`);
      }
    }
  }
});

test('to pay is offered only where there is a payment desk, and names it', () => {
  const one = ticket('in_room');
  assert.ok(!acts.actsOf(view([one], [desk(1)]), one).includes('pay'));
  assert.equal(acts.eventOf(view([one]), one, 'pay').desk, 2);
});

test('an act says what its author had seen, so that a stale one can be told', () => {
  assert.equal(acts.eventOf(view([]), ticket('called'), 'absent').seen, 'e1');
  assert.deepEqual(acts.eventOf(view([]), ticket('waiting'), 'call', { room: 'r1' }),
    { kind: 'ticket_called', ticket: 't-waiting', seen: 'e1', desk: 1, room: 'r1' });
  assert.equal(acts.eventOf(view([]), ticket('waiting'), 'last').places, 0);
});

test('every ticket stands in exactly one group, and those who wait keep the order of service', () => {
  const tickets = ['waiting', 'reserved', 'offered', 'called', 'in_room', 'in_exam', 'absent', 'held', 'done', 'cancelled'].map((state) => ticket(state))
    .concat(ticket('to_pay', { desk_no: 2 }), ticket('called', { desk_no: 2, ticket: 'paying' }), ticket('waiting', { ticket: 'w2' }));
  const groups = acts.groupsOf(view(tickets));
  const listed = groups.flatMap((group) => group.tickets.map((one) => one.ticket)).sort();
  assert.deepEqual(listed, tickets.map((one) => one.ticket).sort());
  assert.deepEqual(groups.find((group) => group.id === 'waiting').tickets.map((one) => one.ticket), ['t-waiting', 't-reserved', 't-offered', 'w2']);
  assert.equal(groups.find((group) => group.id === 'pay').tickets[0].ticket, 'paying');
});

test('the printer’s reasons become what somebody must do', () => {
  const of = (printer, online = true) => acts.healthOf({ printer, online });
  assert.deepEqual([of('none').word, of('').word, of('none').ok], ['ok', 'ok', true]);
  assert.deepEqual([of('media-empty-error').word, of('media-empty-error').alarm], ['paper', true]);
  assert.deepEqual([of('media-low-warning').word, of('media-low-warning').alarm], ['paper.low', false]);
  assert.equal(of('cover-open-error,media-empty-error').word, 'paper');
  assert.deepEqual([of('none', false).word, of('none', false).alarm], ['away', false]);
});

const DAY = 86400000;
const at = (text) => Date.parse(`${text}+09:00`);
const programme = (more) => ({ id: 'p', from: at('2026-12-01T00:00'), to: at('2026-12-16T00:00'), distributed: 1, deadline: at('2026-11-27T18:00'), approved: 0, items: [], ...more });

test('a programme is open until its deadline, and not a millisecond longer', () => {
  const one = programme();
  assert.equal(plan.standing(one, one.deadline - 1).phase, 'open');
  assert.equal(plan.standing(one, one.deadline).phase, 'missed');
  assert.equal(plan.standing(programme({ distributed: 0 }), one.deadline - 1).phase, 'draft');
  assert.equal(plan.standing(programme({ approved: 5 }), one.to + 1).phase, 'approved');
});

test('the deadline is urgent on its last three days, counted at the clinic', () => {
  assert.equal(plan.urgent(programme(), at('2026-11-23T23:59')), false);
  assert.equal(plan.urgent(programme(), at('2026-11-24T00:00')), true);
  assert.equal(plan.daysLeft(programme(), at('2026-11-27T17:00')), 0);
});

test('half months have names', () => {
  assert.equal(plan.half(programme()).form, 'first');
  assert.equal(plan.half(programme({ from: at('2026-12-16T00:00'), to: at('2027-01-01T00:00') })).form, 'second');
  assert.equal(plan.half(programme({ from: at('2026-12-10T00:00') })).form, 'other');
});

test('the one that waits for its contractor is shown first', () => {
  const now = at('2026-11-20T00:00');
  const running = programme({ id: 'running', approved: 1, from: now - DAY, to: now + DAY });
  assert.equal(plan.firstToSee([running, programme()], now).id, 'p');
  assert.equal(plan.firstToSee([running, programme({ approved: 1 })], now).id, 'running');
  const sooner = programme({ id: 'sooner', from: now + 40 * DAY, to: now + 50 * DAY, deadline: now + 1 });
  assert.equal(plan.firstToSee([running, programme(), sooner], now).id, 'sooner');
});

test('without approval every provided item gives way, advertisements included', () => {
  const items = ['health', 'advertisement', 'introduction', 'notice', 'self_made'].map((kind) => ({ kind, duration_ms: 1000 }));
  assert.deepEqual(plan.round(items, false).map((part) => part.kind), ['substitute', 'substitute', 'clinic', 'clinic', 'clinic']);
  assert.deepEqual(plan.round(items, true).map((part) => part.kind), ['health', 'advertisement', 'clinic', 'clinic', 'clinic']);
});

test('the clinic’s wall clock does not depend on where the page is', () => {
  assert.deepEqual(when.wall(Date.parse('2026-11-23T23:30:00Z')), { year: 2026, month: 11, day: 24, weekday: 2, hour: 8, minute: 30 });
  assert.equal(when.digits(Date.parse('2026-11-23T23:05:00Z')), '8:05');
});

test('words: values, readings and forms', async () => {
  const { fetch } = globalThis;
  globalThis.fetch = async () => ({ ok: true, json: async () => ({ a: '[番号|ばんごう] {x}', n: '{n} people', 'n.one': '{n} person' }) });
  await words.load('any', 'en');
  globalThis.fetch = fetch;
  assert.equal(words.text('a', { x: 7 }), '番号 7');
  assert.equal(words.text('n', { n: 1 }), '1 person');
  assert.equal(words.text('n', { n: 3 }), '3 people');
  assert.equal(words.say('a', { x: 7 }).flat().find((part) => part?.type === 'ruby') !== undefined, true);
});
