// Patients, staff and people at home, by chance. They remember what they were told: numbers on the
// screen, acts and intakes that the cloud acknowledged. Whoever gets no answer asks again.
import { randomUUID } from 'node:crypto';
import { sleep } from '../../cmake/try/process.mjs';

const RETRY_MS = 700, RETRIES = 60;

/* What staff do with a ticket, by its state: [event kind, how often]. */
const ACTS = {
  reserved: [['ticket_arrived', 2], ['ticket_cancelled', 1]],
  waiting: [['ticket_absent', 2], ['ticket_held', 1], ['ticket_cancelled', 1], ['ticket_transferred', 1], ['ticket_prioritised', 1], ['slip_requested', 4]],
  called: [['ticket_in_room', 6], ['ticket_recalled', 2], ['ticket_absent', 2], ['ticket_done', 2], ['ticket_back', 1], ['ticket_waiting', 1], ['undone', 1]],
  in_room: [['ticket_done', 4], ['ticket_transferred', 4], ['ticket_in_exam', 1], ['undone', 1]],
  in_exam: [['ticket_waiting', 2], ['ticket_in_room', 2]],
  absent: [['ticket_waiting', 2], ['ticket_back', 2], ['ticket_recalled', 2], ['ticket_cancelled', 1], ['slip_requested', 1]],
  held: [['ticket_waiting', 3], ['ticket_called', 1]],
  to_pay: [['ticket_called', 3], ['ticket_done', 3]],
  done: [['undone', 1]],
  cancelled: [['ticket_restored', 1]],
};

/* The same at a kiosk: [word of ctl, event kind]. */
const AT_KIOSK = {
  waiting: [['hold', 'ticket_held'], ['absent', 'ticket_absent'], ['reissue', 'slip_requested']],
  called: [['recall', 'ticket_recalled'], ['in-room', 'ticket_in_room'], ['done', 'ticket_done']],
  held: [['waiting', 'ticket_waiting']],
  absent: [['back', 'ticket_back'], ['waiting', 'ticket_waiting']],
  in_room: [['done', 'ticket_done']],
};

const weighed = (chance, list) => chance.pick(list.flatMap(([what, often]) => Array(often).fill(what)));

export class Crowd {
  /** pace: how many ms pass between two wishes of one person. */
  constructor({ clinic, chance, pace, say }) {
    Object.assign(this, { clinic, chance, pace, say, over: false, shown: [], acts: [], intakes: [], kioskActs: [], bookings: [], counts: {} });
  }

  count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  async pause(chance, mean) {
    for (let left = chance.whole(mean / 3, (mean * 5) / 3); left > 0 && !this.over; left -= 200) await sleep(Math.min(200, left));
  }

  async run() {
    const parts = this.clinic.kiosks.map((kiosk) => this.patients(kiosk, this.chance.fork()));
    for (const kiosk of this.clinic.kiosks) parts.push(this.counter(kiosk, this.chance.fork()));
    for (const person of this.clinic.people) parts.push(this.staff(person, this.chance.fork()));
    parts.push(this.home(this.chance.fork()));
    await Promise.all(parts);
  }

  // -- at the terminals -------------------------------------------------------------------------

  async patients(kiosk, chance) {
    while (!this.over) {
      await this.pause(chance, this.pace);
      try {
        await this.visit(kiosk, chance);
      } catch {
        this.count('patients in front of a kiosk that did not answer');
      }
    }
  }

  async visit(kiosk, chance) {
    const { terminal } = await kiosk.ctl('status');
    const services = terminal.widgets.filter((name) => name.startsWith('service:'));
    if (terminal.screen !== 'start' || services.length === 0) {
      this.look(kiosk, terminal);
      if (terminal.widgets.includes('finish')) await kiosk.ctl('tap', 'finish');
      return;
    }
    if (this.bookings.length > 0 && chance.one(3)) return this.checkIn(kiosk, terminal);
    if (terminal.widgets.includes('family') && chance.one(6)) await this.bring(kiosk, chance);
    const wish = chance.pick(services), double = chance.one(4);
    this.count('touches');
    await Promise.all([kiosk.ctl('tap', wish), double ? kiosk.ctl('tap', chance.pick(services)).catch(() => {}) : null]);
    await this.await(kiosk);
    if (chance.one(2)) await this.pause(chance, 1500);
    await kiosk.ctl('tap', 'finish').catch(() => {});
  }

  /** Until there is a number on the screen, or the screen is free again. */
  async await(kiosk) {
    for (let i = 0; i < 40 && !this.over; i++) {
      const now = (await kiosk.ctl('status')).terminal;
      if (this.look(kiosk, now) || now.screen === 'start') return;
      await sleep(150);
    }
  }

  /** Two or three come together. */
  async bring(kiosk, chance) {
    await kiosk.ctl('tap', 'family');
    for (let i = 0; i < 10; i++) {
      const { terminal } = await kiosk.ctl('status');
      if (terminal.screen === 'persons') break;
      await sleep(100);
    }
    await sleep(500); // a second touch so soon would count as one of a double tap
    await kiosk.ctl('tap', `persons:${chance.whole(2, 3)}`);
    await sleep(500);
    this.count('parties');
  }

  /** One with a booking has come and types their number. */
  async checkIn(kiosk, terminal) {
    if (!terminal.widgets.includes('checkin')) return;
    const booking = this.bookings.shift();
    await kiosk.ctl('tap', 'checkin');
    await sleep(500);
    await kiosk.ctl('type', booking.number);
    this.count('check-ins');
    await this.await(kiosk);
    await kiosk.ctl('tap', 'finish').catch(() => {});
  }

  // -- staff at a kiosk, with or without a line ---------------------------------------------------

  async counter(kiosk, chance) {
    while (!this.over) {
      await this.pause(chance, this.pace * 2);
      try {
        await this.atKiosk(kiosk, chance);
      } catch {
        this.count('acts at a kiosk without success');
      }
    }
  }

  async atKiosk(kiosk, chance) {
    if (chance.one(2)) return this.told(kiosk, 'ticket_called', await kiosk.ctl('call-next', '1'));
    const { tickets } = await kiosk.ctl('tickets');
    const able = tickets.filter((one) => one.state in AT_KIOSK);
    if (able.length === 0) return null;
    const ticket = chance.pick(able), [word, kind] = chance.pick(AT_KIOSK[ticket.state]);
    return this.told(kiosk, kind, await kiosk.ctl(word, ticket.number));
  }

  told(kiosk, kind, { ticket, noted }) {
    this.count(`at a kiosk: ${kind}${noted ? ', noted' : ''}`);
    if (ticket) this.kioskActs.push({ kiosk: kiosk.name, kind, ticket });
  }

  /** A number on the screen is a promise. */
  look(kiosk, terminal) {
    if (!['ticket', 'no_slip'].includes(terminal.screen) || !terminal.number) return false;
    const { number } = terminal;
    if (!this.shown.some((one) => one.kiosk === kiosk.name && one.number === number)) {
      this.shown.push({ kiosk: kiosk.name, number, at: Date.now() });
      this.count(/^[A-Z]/.test(number) ? 'numbers shown, own series' : 'numbers shown, main series');
    }
    return true;
  }

  // -- staff ------------------------------------------------------------------------------------

  /** Asks until there is an answer; the same question each time. null: none came. */
  async insist(method, where, body, headers) {
    for (let i = 0; i < RETRIES; i++) {
      try {
        const answer = await this.clinic.cloud.api(method, where, body, headers);
        if (answer.status < 500) return answer;
      } catch { /* the cloud is away */ }
      this.count('questions asked again');
      if (this.over) return null;
      await sleep(RETRY_MS);
    }
    return null;
  }

  async staff(person, chance) {
    let headers = null;
    while (!this.over) {
      await this.pause(chance, this.pace / 2);
      try {
        headers ??= await this.clinic.logIn(person);
        const view = await this.clinic.cloud.api('GET', `/api/v1/sites/${this.clinic.site}/queue`, undefined, headers);
        if (view.status === 401) headers = null;
        else if (view.status === 200) await this.act(view.json, headers, chance);
      } catch {
        this.count('staff without an answer');
      }
    }
  }

  async act(view, headers, chance) {
    if (chance.one(8)) return this.phone(headers, chance);
    if (chance.one(2)) return this.callNext(view, headers, chance);
    const able = view.tickets.filter((one) => one.state in ACTS && (!['done', 'cancelled'].includes(one.state) || chance.one(10)));
    if (able.length === 0) return null;
    const ticket = chance.pick(able);
    return this.log(this.event(weighed(chance, ACTS[ticket.state]), ticket), headers);
  }

  event(kind, ticket) {
    const event = { id: randomUUID(), kind, ticket: ticket.ticket, seen: ticket.last_event };
    if (kind === 'undone') return { id: event.id, kind, ticket: ticket.ticket, target: ticket.last_event };
    if (kind === 'ticket_transferred') event.desk = ticket.desk_no === 1 ? 2 : 1;
    if (kind === 'ticket_called' || kind === 'ticket_recalled') Object.assign(event, { desk: ticket.desk_no, room: ticket.desk_no === 1 ? 'room-1' : 'payment' });
    if (kind === 'ticket_back') event.places = 2;
    if (kind === 'ticket_prioritised') Object.assign(event, { priority: 1, text: 'fever' });
    return event;
  }

  async log(event, headers) {
    const answer = await this.insist('POST', `/api/v1/sites/${this.clinic.site}/events`, { events: [event] }, headers);
    if (answer?.status !== 200) return;
    const [entry] = answer.json.entries;
    this.acknowledge(event.id, entry);
  }

  acknowledge(id, entry) {
    this.acts.push({ id, kind: entry.event.kind, ticket: entry.event.ticket, verdict: entry.verdict });
    this.count(entry.verdict === 'applied' ? `${entry.event.kind}` : `${entry.event.kind}, ${entry.verdict}`);
  }

  async callNext(view, headers, chance) {
    const desk = chance.pick(view.desks), id = randomUUID();
    const answer = await this.insist('POST', `/api/v1/queues/${desk.queue_id}/calls`, { id, room: chance.pick(desk.rooms).id }, headers);
    if (answer?.status === 200) this.acknowledge(id, answer.json.event);
  }

  /** A number for one who telephones, or a booking; the same ticket, however often it is asked. */
  async phone(headers, chance) {
    const ticket = randomUUID(), booking = chance.one(2);
    const answer = await this.insist('POST', `/api/v1/queues/${this.clinic.clinic_no}-1/tickets`,
      { ticket, channel: 'phone', ...(booking ? { booking } : {}) }, headers);
    if (answer?.status !== 200 && answer?.status !== 201) return;
    this.intakes.push({ ticket, number: answer.json.number });
    if (booking) this.bookings.push({ ticket, number: answer.json.number });
    this.count(booking ? 'bookings by telephone' : 'numbers given by telephone');
  }

  // -- at home ----------------------------------------------------------------------------------

  async home(chance) {
    while (!this.over) {
      await this.pause(chance, this.pace / 2);
      try {
        const view = await this.clinic.cloud.api('GET', `/api/v1/queues/${this.clinic.clinic_no}-1`);
        this.count(view.status === 200 ? 'looks from home' : `looks from home, ${view.status}`);
      } catch {
        this.count('looks from home without an answer');
      }
    }
  }
}
