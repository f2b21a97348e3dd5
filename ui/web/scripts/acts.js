/* What may be done with a ticket, and how the list is grouped. Pure: no page, no network. */

/* act: kind of its event, key of the keyboard. */
export const ACTS = {
  call: { kind: 'ticket_called', key: 'KeyC' },
  recall: { kind: 'ticket_recalled', key: 'KeyR' },
  in_room: { kind: 'ticket_in_room' },
  absent: { kind: 'ticket_absent', key: 'KeyA' },
  back: { kind: 'ticket_back', key: 'KeyB', places: 3 },
  last: { kind: 'ticket_back', key: 'KeyE', places: 0 },
  hold: { kind: 'ticket_held', key: 'KeyH' },
  exam: { kind: 'ticket_in_exam', key: 'KeyK' },
  pay: { kind: 'ticket_transferred', key: 'KeyP' },
  wait: { kind: 'ticket_waiting' },
  arrive: { kind: 'ticket_arrived' },
  done: { kind: 'ticket_done', key: 'KeyD' },
  cancel: { kind: 'ticket_cancelled', key: 'KeyX' },
  restore: { kind: 'ticket_restored' },
  slip: { kind: 'slip_requested' },
  first: { kind: 'ticket_prioritised', priority: 1 },
  usual: { kind: 'ticket_prioritised', priority: 0 },
};

/* By state, the likely act first. `pay` falls away where there is no payment desk. */
const AT_DESK = {
  offered: [],
  reserved: ['arrive', 'absent', 'hold', 'cancel'],
  waiting: ['call', 'absent', 'back', 'last', 'hold', 'in_room', 'pay', 'done', 'cancel'],
  called: ['recall', 'in_room', 'absent', 'back', 'last', 'hold', 'exam', 'pay', 'done', 'wait', 'cancel'],
  in_room: ['pay', 'exam', 'done', 'wait', 'cancel'],
  in_exam: ['wait', 'call', 'in_room', 'pay', 'done', 'cancel'],
  absent: ['recall', 'wait', 'back', 'last', 'hold', 'in_room', 'pay', 'done', 'cancel'],
  held: ['wait', 'call', 'last', 'in_room', 'pay', 'done', 'cancel'],
  done: ['restore'],
  cancelled: ['restore'],
};
const AT_PAYMENT = {
  ...AT_DESK,
  to_pay: ['call', 'absent', 'hold', 'done', 'cancel'],
  waiting: ['call', 'absent', 'hold', 'done', 'cancel'],
  called: ['recall', 'done', 'absent', 'hold', 'cancel'],
  absent: ['recall', 'hold', 'done', 'cancel'],
  held: ['call', 'done', 'cancel'],
};

const OVER = ['done', 'cancelled'];

export const deskOf = (view, ticket) => view.desks.find((desk) => desk.desk_no === ticket.desk_no);
export const paymentDesk = (view) => view.desks.find((desk) => desk.kind === 'payment');

/* Slips come out of the kiosk that gave the number. */
const ORDERED = ['reserved', 'waiting', 'held', 'absent'];
const mayHaveSlip = (ticket) => ticket.channel === 'kiosk' && !['offered', ...OVER].includes(ticket.state);

export function actsOf(view, ticket) {
  const payment = deskOf(view, ticket)?.kind === 'payment';
  const acts = ((payment ? AT_PAYMENT : AT_DESK)[ticket.state] ?? []).filter((act) => act !== 'pay' || paymentDesk(view));
  /* What needs the cloud is not offered at the kiosk's own page. */
  const order = ORDERED.includes(ticket.state) && !payment && !view.line ? [ticket.priority > 0 ? 'usual' : 'first'] : [];
  const slip = mayHaveSlip(ticket) ? (view.line ? ['slip'] : ['slip', 'check']) : [];
  const name = !view.line && (ticket.name || !['offered', ...OVER].includes(ticket.state)) ? ['name'] : [];
  return [...acts, ...order, ...name, ...slip];
}

/* Other consultation desks that the ticket may move to. */
export function movesOf(view, ticket) {
  if (!['waiting', 'called', 'in_room', 'held', 'absent', 'in_exam'].includes(ticket.state)) return [];
  if (deskOf(view, ticket)?.kind === 'payment') return [];
  return view.desks.filter((desk) => desk.kind !== 'payment' && desk.desk_no !== ticket.desk_no);
}

/* The event of an act; seen: what the person who pressed had before their eyes. So a number that a
 * colleague called a moment ago is not called again: the server answers "superseded". */
export function eventOf(view, ticket, act, { desk, room, reason } = {}) {
  const { kind, places, priority } = ACTS[act] ?? { kind: 'ticket_transferred' };
  const event = { kind, ticket: ticket.ticket, seen: ticket.last_event };
  if (act === 'call') event.desk = ticket.desk_no;
  if (act === 'call' && room) event.room = room;
  if (priority !== undefined) event.priority = priority;
  if (priority) event.text = reason;
  if (places !== undefined) event.places = places;
  if (act === 'recall' && ticket.room) event.room = ticket.room;
  if (act === 'pay') event.desk = paymentDesk(view).desk_no;
  if (act === 'move') event.desk = desk.desk_no;
  return event;
}

export function roomName(view, id) {
  for (const desk of view.desks) for (const room of desk.rooms) if (room.id === id) return room.name;
  return '';
}

export const calledAt = (view, deskNo) => view.tickets
  .filter((ticket) => ticket.desk_no === deskNo && ticket.state === 'called')
  .sort((a, b) => b.called - a.called);

const NOW = ['called', 'in_room'];
const WAITING = ['waiting', 'reserved', 'offered'];
const AWAY = ['absent', 'held', 'in_exam'];

/* The server lists those who wait in the order in which they will be called; that order is kept. */
export function groupsOf(view) {
  const pays = new Set(view.desks.filter((desk) => desk.kind === 'payment').map((desk) => desk.desk_no));
  const desks = view.desks.filter((desk) => desk.kind !== 'payment');
  const at = (states) => (ticket) => states.includes(ticket.state) && !pays.has(ticket.desk_no);
  const groups = [{ id: 'now', tickets: view.tickets.filter(at(NOW)).sort((a, b) => b.called - a.called) }];
  for (const desk of desks) {
    const tickets = view.tickets.filter((ticket) => at(WAITING)(ticket) && ticket.desk_no === desk.desk_no);
    groups.push({ id: 'waiting', desk: desks.length > 1 ? desk : null, key: `waiting-${desk.desk_no}`, tickets });
  }
  groups.push({ id: 'away', tickets: view.tickets.filter(at(AWAY)) });
  const paying = view.tickets.filter((ticket) => pays.has(ticket.desk_no) && !OVER.includes(ticket.state));
  const order = (ticket) => NOW.includes(ticket.state) ? 0 : 1;
  groups.push({ id: 'pay', tickets: paying.sort((a, b) => order(a) - order(b)) });
  groups.push({ id: 'over', tickets: view.tickets.filter((ticket) => OVER.includes(ticket.state)).reverse() });
  return groups;
}

/* Said from home that they will be late, and not here yet: a booking that was checked in waits, a walk-in
 * may have gone out while waiting. */
export const isLate = (ticket) => ticket.late > 0 && (['reserved', 'called', 'absent', 'held'].includes(ticket.state)
  || (ticket.state === 'waiting' && !['web', 'phone'].includes(ticket.channel)));

export function isNext(view, ticket) {
  return view.desks.some((desk) => desk.next?.ticket === ticket.ticket);
}

/* What a printer says of itself, in the order of what must be done first: alarm stops slips. */
const PRINTER = [
  { has: ['media-empty', 'media-needed'], word: 'paper', alarm: true },
  { has: ['cover-open', 'door-open'], word: 'cover', alarm: true },
  { has: ['media-jam', 'marker', 'offline', 'connecting-to-device', 'other', 'stopped', 'error'], word: 'printer', alarm: true },
  { has: ['media-low'], word: 'paper.low', alarm: false },
];

/* { word, alarm: somebody must go there now, ok }. */
export function healthOf(device) {
  if (!device.online) return { word: 'away', alarm: false, ok: false };
  const found = PRINTER.find(({ has }) => has.some((reason) => device.printer.includes(reason)));
  return found ? { word: found.word, alarm: found.alarm, ok: false } : { word: 'ok', alarm: false, ok: true };
}
