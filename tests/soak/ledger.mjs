// A second reading of a site's log, for the checker: what each entry that was applied did to its
// ticket. Written from the rules of the queue, and shares no line with firmware/core.

const CALLABLE = ['waiting', 'to_pay'];
const FAMILY_RULES = 2; // from these rules on a family is called together
const STATES = {
  ticket_arrived: 'waiting', ticket_absent: 'absent', ticket_back: 'waiting', ticket_held: 'held',
  ticket_waiting: 'waiting', ticket_in_room: 'in_room', ticket_in_exam: 'in_exam', ticket_done: 'done',
  ticket_cancelled: 'cancelled', ticket_restored: 'waiting',
};
const BIRTHS = { ticket_offered: 'offered', ticket_taken: 'waiting', ticket_issued: 'waiting', ticket_booked: 'reserved' };

export const over = (state) => ['done', 'cancelled'].includes(state);

export class Ledger {
  constructor(log) {
    Object.assign(this, { tickets: new Map(), holders: new Map(), payment: new Set(), letters: new Map(), twice: [], unborn: [], rules: 1 });
    for (const row of log) {
      if (row.verdict === 'applied') this.apply(row, JSON.parse(row.text));
      // whatever became of it: a kiosk that says something of a ticket has met its patient
      if (row.device) this.tickets.get(row.ticket)?.devices.add(row.device);
    }
  }

  apply(row, event) {
    if (event.kind === 'settings') {
      this.payment = new Set(event.settings.desks.filter((desk) => desk.kind === 'payment').map((desk) => desk.desk_no));
    } else if (event.kind === 'device_enrolled') {
      this.letters.set(event.device, event.number?.[0] ?? '');
    } else if (event.kind === 'session_opened') {
      this.rules = event.rules ?? 1;
    } else if (event.kind in BIRTHS) {
      this.birth(row, event);
    } else if (event.ticket || event.kind === 'called_number') {
      this.act(row, event);
    }
  }

  birth(row, event) {
    const ticket = this.tickets.get(event.ticket) ?? { id: event.ticket, devices: new Set(), family: event.family ?? '', room: '', calls: 0, reissues: 0, numbers: [] };
    this.tickets.set(ticket.id, ticket);
    this.release(ticket);
    Object.assign(ticket, { state: BIRTHS[event.kind], void: false, before: null, last: event.id, channel: event.channel ?? ticket.channel });
    ticket.desk_no = event.desk || ticket.desk_no;
    ticket.number = event.number || ticket.number;
    if (event.kind !== 'ticket_offered' && !ticket.numbers.includes(ticket.number)) ticket.numbers.push(ticket.number);
    this.hold(row, ticket);
  }

  /** Numbers are live from offer to end. */
  hold(row, ticket) {
    const other = this.holders.get(ticket.number);
    if (other && other !== ticket.id) this.twice.push({ seq: row.seq, number: ticket.number, tickets: [other, ticket.id] });
    this.holders.set(ticket.number, ticket.id);
  }

  release(ticket) {
    if (this.holders.get(ticket.number) === ticket.id) this.holders.delete(ticket.number);
  }

  subject(event) {
    return this.tickets.get(event.kind === 'called_number' ? this.holders.get(event.number) : event.ticket);
  }

  act(row, event) {
    const ticket = this.subject(event);
    if (!ticket) {
      this.unborn.push({ seq: row.seq, ticket: event.ticket ?? event.number });
      return;
    }
    if (event.kind === 'slip_requested') ticket.reissues += 1;
    if (event.kind === 'claimed' && event.target) this.join(ticket, event.target);
    if (['slip', 'slip_requested', 'claimed'].includes(event.kind)) return;
    for (const one of [...this.family(ticket, event), ticket]) this.one(row, one, event);
  }

  /** The slip that claimed a booking takes its place over, and the booking's own number is retired. */
  join(ticket, target) {
    const booking = this.tickets.get(target), open = ['reserved', 'waiting', 'held', 'absent'];
    if (!booking || !open.includes(booking.state)) return;
    if (open.includes(ticket.state)) ticket.desk_no = booking.desk_no;
    booking.state = 'cancelled';
    this.release(booking);
  }

  /** Who goes along: a call to those of the family who wait at the desk, what is done to a call to all that it called. */
  family(ticket, event) {
    if (this.rules < FAMILY_RULES || !ticket.family) return [];
    const along = {
      ticket_called: (one) => CALLABLE.includes(one.state),
      called_number: (one) => CALLABLE.includes(one.state),
      ticket_recalled: (one) => one.state === 'called' && one.room === ticket.room,
      undone: (one) => one.before && one.last === event.target,
    }[event.kind];
    return [...this.tickets.values()].filter((one) => along && one !== ticket && one.family === ticket.family && one.desk_no === ticket.desk_no && along(one));
  }

  one(row, ticket, event) {
    if (event.kind === 'undone') {
      Object.assign(ticket, ticket.before, { before: null });
    } else {
      const { state, desk_no, room } = ticket;
      ticket.before = { state, desk_no, room };
      this.move(ticket, event);
    }
    if (over(ticket.state)) this.release(ticket);
    else this.hold(row, ticket);
    ticket.last = event.id;
  }

  move(ticket, event) {
    if (['ticket_called', 'ticket_recalled', 'called_number'].includes(event.kind)) {
      Object.assign(ticket, { state: 'called', calls: ticket.calls + 1, room: event.room || ticket.room });
    } else if (event.kind === 'ticket_transferred') {
      Object.assign(ticket, { desk_no: event.desk, room: '' });
      ticket.state = this.payment.has(event.desk) ? 'to_pay' : 'waiting';
    } else if (event.kind === 'ticket_abandoned') {
      Object.assign(ticket, { state: 'cancelled', void: true, before: null });
    } else {
      ticket.state = STATES[event.kind] ?? ticket.state;
    }
  }
}
