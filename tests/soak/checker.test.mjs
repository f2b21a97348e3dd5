// The checker can fail: an honest clinic passes, and each lie told to it is found by its rule, with
// the ticket's name.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { check, table } from './checker.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const device = 'device-a';

/** Log rows as the cloud would store them. */
function logOf(events) {
  let hash = '0'.repeat(64);
  return events.map(({ verdict = 'applied', ...event }, i) => {
    const text = JSON.stringify({ id: `event-${i + 1}`, ...event }), row = { seq: i + 1, at: 1000 + i, verdict, text };
    hash = sha256(`${hash}\n${row.seq}\n${row.at}\n${verdict}\n${text}`);
    return { ...row, hash, id: `event-${i + 1}`, kind: event.kind, ticket: event.ticket ?? null, device: event.device ?? null, counter: event.counter ?? 0 };
  });
}

const events = () => [
  { kind: 'settings', settings: { desks: [{ desk_no: 1, kind: 'consultation' }, { desk_no: 2, kind: 'payment' }] } },
  { kind: 'device_enrolled', device, number: 'A1' },
  { kind: 'ticket_offered', ticket: 'T1', number: '1', desk: 1, device },
  { kind: 'ticket_taken', ticket: 'T1', number: '1', desk: 1, device, counter: 1 },
  { kind: 'ticket_issued', ticket: 'T2', number: 'A1', desk: 1, device, counter: 2 },
  { kind: 'ticket_issued', ticket: 'T3', number: '2', desk: 1 },
  { kind: 'ticket_called', ticket: 'T1', desk: 1, room: 'room-1' },
  { kind: 'slip', ticket: 'T1', text: 'printed', device, counter: 3 },
  { kind: 'slip_requested', ticket: 'T2' },
  { kind: 'ticket_done', ticket: 'T1' },
  { kind: 'ticket_transferred', ticket: 'T3', desk: 2 },
  { kind: 'ticket_absent', ticket: 'T1', verdict: 'superseded' },
  { kind: 'ticket_held', ticket: 'T2', device, counter: 4 },
  { kind: 'ticket_waiting', ticket: 'T2' },
];

function honest() {
  const log = logOf(events());
  const staff = [['T1', '1', 'done'], ['T2', 'A1', 'waiting'], ['T3', '2', 'to_pay']].map(([ticket, number, state]) => ({ ticket, number, state }));
  return {
    log, staff,
    head: { seq: log.length, hash: log.at(-1).hash },
    codes: new Map([['code1', 'T1'], ['code3', 'T3']]),
    holders: new Map([['code1', { ...staff[0] }]]),
    kiosks: [{ name: 'a', device, tickets: staff.map((one) => ({ ...one })), entries: log.map(({ seq, hash }) => ({ seq, hash })) }],
    slips: [
      { kiosk: 'a', file: 'slip-0001.png', number: '1', code: 'code1', band: false },
      { kiosk: 'a', file: 'slip-0002.png', number: 'A1', code: '', band: false },
      { kiosk: 'a', file: 'slip-0003.png', number: 'A1', code: '', band: true },
    ],
    shown: [{ kiosk: 'a', number: '1', at: 0 }, { kiosk: 'a', number: 'A1', at: 0 }],
    acts: [{ id: 'event-7', kind: 'ticket_called', ticket: 'T1', verdict: 'applied' }, { id: 'event-10', kind: 'ticket_done', ticket: 'T1', verdict: 'applied' }],
    intakes: [{ ticket: 'T3', number: '2' }],
    kioskActs: [{ kiosk: 'a', kind: 'ticket_held', ticket: 'T2' }],
  };
}

/** The log told anew, with its hashes right: a lie that a chain of hashes does not show. */
function retold(evidence, change) {
  const list = events();
  change(list);
  evidence.log = logOf(list);
  evidence.head = { seq: evidence.log.length, hash: evidence.log.at(-1).hash };
  evidence.kiosks[0].entries = [];
}

const lies = {
  'a text is changed': ['the order is gap-free and its hashes chain', 'T3', (e) => (e.log[5].text = e.log[5].text.replace('"2"', '"3"'))],
  'an entry is gone': ['the order is gap-free and its hashes chain', 'T1', (e) => e.log.splice(6, 1)],
  'the head is older than the log': ['the order is gap-free and its hashes chain', null, (e) => (e.head = { seq: 11, hash: e.log[10].hash })],
  'a double number': ['no number is live twice', 'T3', (e) => retold(e, (list) => Object.assign(list[5], { number: '1' }))],
  'a call to one whose issue is lost': ['every act is on a ticket that was issued', 'T9', (e) => retold(e, (list) => list.push({ kind: 'ticket_called', ticket: 'T9' }))],
  'an event of a device is lost': ['what a device recorded is there once, all of it', 'T1', (e) => retold(e, (list) => list.splice(4, 1))],
  'a slip whose ticket was lost': ['no slip is without its ticket', 'A2', (e) => e.slips.push({ kiosk: 'a', file: 'x', number: 'A2', code: '', band: false })],
  'a slip with another number': ['a slip shows its ticket\'s number', 'T1', (e) => (e.slips[0].number = '7')],
  'two people with one number in their hands': ['no two tickets have slips with the same number', 'T3', (e) => e.slips.push({ kiosk: 'a', file: 'x', number: '1', code: 'code3', band: false })],
  'two valid slips': ['at most one valid slip a ticket', 'T1', (e) => e.slips.push({ ...e.slips[0], file: 'x' })],
  'two valid slips of an own series': ['at most one valid slip a ticket', 'T2', (e) => e.slips.push({ ...e.slips[1], file: 'x' })],
  'a further slip that nobody asked for': ['at most one valid slip a ticket', 'T1', (e) => e.slips.push({ ...e.slips[0], file: 'x', band: true })],
  'a number that was shown is lost': ['none that was shown is lost', '5', (e) => e.shown.push({ kiosk: 'a', number: '5', at: 0 })],
  'a number shown by another kiosk\'s ticket': ['none that was shown is lost', '2', (e) => e.shown.push({ kiosk: 'a', number: '2', at: 0 })],
  'an intake that the cloud forgot': ['every acknowledged intake is there', 'T8', (e) => e.intakes.push({ ticket: 'T8', number: '8' })],
  'an act that the cloud forgot': ['every acknowledged act of staff is there', 'T2', (e) => e.acts.push({ id: 'event-99', kind: 'ticket_held', ticket: 'T2', verdict: 'applied' })],
  'an act with another verdict': ['every acknowledged act of staff is there', 'T1', (e) => (e.acts[1].verdict = 'superseded')],
  'an act at the kiosk that never came': ['every act done at a kiosk is there', 'T2', (e) => e.kioskActs.push({ ...e.kioskActs[0] })],
  'a call that never reached the ticket': ['no call is lost', 'T2', (e) => e.acts.push({ id: 'event-9', kind: 'ticket_called', ticket: 'T2', verdict: 'applied' })],
  'a stale call that brought back who was done': ['the API tells what the log says', 'T1', (e) => (e.staff[0].state = 'called')],
  'a ticket that the API lost': ['the API tells what the log says', 'T2', (e) => e.staff.splice(1, 1)],
  'a ticket that nobody issued': ['the API tells what the log says', 'T7', (e) => e.staff.push({ ticket: 'T7', number: '7', state: 'waiting' })],
  'a holder\'s page of yesterday': ['the API tells what the log says', 'T1', (e) => (e.holders.get('code1').state = 'waiting')],
  'a kiosk that did not hear': ['kiosks and cloud agree', 'T3', (e) => e.kiosks[0].tickets.pop()],
  'a kiosk with an older state': ['kiosks and cloud agree', 'T1', (e) => (e.kiosks[0].tickets[0].state = 'called')],
  'a kiosk with another history': ['kiosks and cloud agree', 'T3', (e) => (e.kiosks[0].entries[5].hash = '')],
};

test('an honest clinic passes', () => {
  for (const { rule, findings } of check(honest())) assert.deepEqual(findings, [], rule);
});

for (const [name, [rule, ticket, lie]] of Object.entries(lies)) {
  test(name, () => {
    const evidence = honest();
    lie(evidence);
    const results = check(evidence), { findings } = results.find((one) => one.rule === rule);
    assert.ok(findings.length > 0, `"${rule}" finds it`);
    if (ticket) assert.ok(findings.some((one) => String(one.ticket).includes(ticket)), JSON.stringify(findings));
    assert.match(table(results, {}), /VIOLATED/);
  });
}

test('a family is called together, and a call to one of them is undone for all', () => {
  const evidence = honest(), told = [['T4', '4'], ['T5', '5'], ['T6', '6']];
  retold(evidence, (list) => list.push(
    { kind: 'session_opened', rules: 2 },
    ...told.map(([ticket, number]) => ({ kind: 'ticket_issued', ticket, number, desk: 1, family: 'F' })),
    { kind: 'ticket_held', ticket: 'T6' }, { kind: 'ticket_called', ticket: 'T4', desk: 1, room: 'room-1' }));
  const state = (states) => {
    const tell = told.map(([ticket, number], i) => ({ ticket, number, state: states[i] }));
    Object.assign(evidence, { staff: [...honest().staff, ...tell] });
    evidence.kiosks[0].tickets = evidence.staff;
    return check(evidence).flatMap(({ findings }) => findings);
  };
  assert.deepEqual(state(['called', 'called', 'held']), []);
  assert.ok(state(['called', 'waiting', 'held']).length > 0, 'one of them was forgotten');
});

test('an undone act, and a number given again after its end, are no findings', () => {
  const evidence = honest();
  retold(evidence, (list) => list.push(
    { kind: 'ticket_held', ticket: 'T2' }, { kind: 'undone', ticket: 'T2', target: 'event-15' },
    { kind: 'ticket_issued', ticket: 'T4', number: '1', desk: 1 }));
  evidence.staff.push({ ticket: 'T4', number: '1', state: 'waiting' });
  evidence.kiosks[0].tickets.push({ ticket: 'T4', number: '1', state: 'waiting' });
  for (const { rule, findings } of check(evidence)) assert.deepEqual(findings, [], rule);
});
