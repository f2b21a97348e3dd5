// What a clinic's day must look like, told by what people did and by nothing else: written from the rules
// of the queue, it shares no line with the product and asks it nothing.
//
// While the line is cut there are two truths, the cloud's and the kiosk's; when it is whole again, what was
// done at the kiosk follows upon what the cloud knew.

const LIVE_MS = 5 * 60 * 1000; // the demo clinic's live_minutes
const CALLS_KEPT = 32; // as many are remembered for the board
const OVER = ['done', 'cancelled'], CALLABLE = ['waiting', 'to_pay'];
const COUNTED = [...CALLABLE, 'absent', 'reserved'];
export const CONSULTATION = 1, PAYMENT = 2;
export const ROOMS = { 'room-1': '第1診察室', 'room-2': '第2診察室', payment: '会計窓口' };

const byTurn = (a, b) => b.priority - a.priority || a.place - b.place || a.born - b.born;

/** One truth: patients in the order of issue, calls with the latest first. */
class Line {
  constructor() {
    Object.assign(this, { patients: [], calls: [] });
  }

  find(number) {
    const found = this.patients.findLast((one) => one.number === number);
    if (!found) throw new Error(`the script knows no ${number}`);
    return found;
  }

  line(desk) {
    return this.patients.filter((one) => one.desk === desk && COUNTED.includes(one.state)).sort(byTurn);
  }

  next(desk) {
    return this.line(desk).find((one) => CALLABLE.includes(one.state)) ?? null;
  }

  before(number) {
    const one = this.find(number), at = this.line(one.desk).indexOf(one);
    return at < 0 ? null : at;
  }

  call(one, room, { order, at }) {
    Object.assign(one, { state: 'called', room, called: order });
    this.calls = this.calls.filter((call) => call.number !== one.number || call.desk !== one.desk);
    this.calls.unshift({ number: one.number, desk: one.desk, room, at });
    this.calls.length = Math.min(this.calls.length, CALLS_KEPT);
  }

  /** Behind so many of those who come after; 0: behind all. */
  behind(one, places) {
    const others = this.line(one.desk).filter((other) => other !== one);
    const at = others.findLastIndex((other) => byTurn(other, one) < 0) + 1;
    const to = places === 0 ? others.length : Math.min(others.length, at + places);
    const last = others[to - 1], after = others[to];
    one.place = after ? (last.place + after.place) / 2 : last.place + 0.5;
  }

  /** act: { kind, number, order, at, ... }: order counts all that happens at the clinic, at is the clinic's time. */
  apply(act) {
    if (act.kind === 'issue') {
      const { number, channel, booked = false, family = '', order } = act;
      this.patients.push({ number, channel, family, booked, desk: CONSULTATION, state: booked ? 'reserved' : 'waiting',
        room: '', place: order, born: order, called: 0, priority: 0 });
      return;
    }
    const one = this.find(act.number);
    const acts = {
      arrive: () => { one.state = 'waiting'; },
      call: () => {
        const along = one.family ? this.patients.filter((other) => other !== one && other.family === one.family && other.desk === one.desk && CALLABLE.includes(other.state)) : [];
        for (const other of [...along.reverse(), one]) this.call(other, act.room, act);
      },
      recall: () => {
        const along = one.family ? this.patients.filter((other) => other !== one && other.family === one.family && other.desk === one.desk && other.state === 'called' && other.room === one.room) : [];
        for (const other of [...along.reverse(), one]) this.call(other, one.room, act);
      },
      absent: () => { one.state = 'absent'; },
      back: () => { one.state = 'waiting'; this.behind(one, act.places); },
      wait: () => { one.state = 'waiting'; },
      hold: () => { one.state = 'held'; },
      in_room: () => { one.state = 'in_room'; },
      exam: () => { one.state = 'in_exam'; },
      pay: () => Object.assign(one, { state: 'to_pay', desk: PAYMENT, room: '', place: act.order }),
      done: () => { one.state = 'done'; },
      cancel: () => { one.state = 'cancelled'; },
      first: () => { one.priority = 1; },
    };
    acts[act.kind]();
  }

  // -- what is to be seen -------------------------------------------------------------------------

  waiting(desk) {
    return this.line(desk).length;
  }

  isLive({ number, desk, at }, now) {
    const one = this.patients.find((other) => other.number === number);
    return one.state === 'called' && one.desk === desk && now - at < LIVE_MS;
  }

  /** By room, the one called last first: all whose call goes on there, or else whoever was called there last. */
  rooms(desk, now) {
    const rooms = new Map();
    for (const call of this.calls.filter((one) => one.desk === desk)) rooms.set(call.room, [...(rooms.get(call.room) ?? []), call]);
    return [...rooms].map(([room, calls]) => {
      const live = calls.filter((call) => this.isLive(call, now));
      const [{ number }, ...party] = live.length ? live : calls.slice(0, 1);
      return { number, room: ROOMS[room], live: live.length > 0, party: party.map((call) => call.number) };
    });
  }

  /** The clinic's page: what is called now, then what was. */
  publicPage(desk, now) {
    const calls = this.rooms(desk, now), plain = ({ number, party, room }) => [number, ...party, room].join(' ');
    return { calling: calls.filter((one) => one.live).map(plain), passed: calls.filter((one) => !one.live).map(plain), waiting: this.waiting(desk) };
  }

  /** The console's list: [number, state] by group. */
  list() {
    const at = (desk, states) => (one) => one.desk === desk && states.includes(one.state);
    const inLine = (desk, states) => this.line(desk).filter((one) => states.includes(one.state));
    const paying = [...this.patients.filter(at(PAYMENT, ['called'])), ...this.line(PAYMENT), ...this.patients.filter(at(PAYMENT, ['held']))];
    const groups = {
      now: this.patients.filter(at(CONSULTATION, ['called', 'in_room'])).sort((a, b) => b.called - a.called),
      waiting: inLine(CONSULTATION, ['waiting', 'reserved']),
      away: [...inLine(CONSULTATION, ['absent']), ...this.patients.filter(at(CONSULTATION, ['held', 'in_exam']))],
      pay: paying,
      over: this.patients.filter((one) => OVER.includes(one.state)).reverse(),
    };
    return Object.fromEntries(Object.entries(groups).map(([name, list]) => [name, list.map((one) => [one.number, one.state])]).filter(([, list]) => list.length));
  }

  /** A desk of the console: whom it calls, whom it would call. */
  desk(desk) {
    const called = this.patients.filter((one) => one.desk === desk && one.state === 'called').sort((a, b) => b.called - a.called);
    return { called: called.map((one) => one.number), next: this.next(desk)?.number ?? null };
  }

  /** The monitor's panels. */
  monitor(now) {
    const rooms = this.rooms(CONSULTATION, now), panel = (one) => one ?? null;
    const [first, second] = ['room-1', 'room-2'].map((room) => rooms.find((one) => one.room === ROOMS[room]));
    return {
      waiting: this.waiting(CONSULTATION) + this.waiting(PAYMENT),
      desks: [
        { name: '診察', waiting: this.waiting(CONSULTATION), call: panel(first) },
        ...(second ? [{ name: '診察', waiting: -1, call: panel(second) }] : []),
        { name: '会計', waiting: this.waiting(PAYMENT), call: panel(this.rooms(PAYMENT, now)[0]) },
      ],
    };
  }

  states() {
    return Object.fromEntries(this.patients.map((one) => [one.number, `${one.state} at ${one.desk}`]));
  }
}

export class Model {
  constructor(clock) {
    Object.assign(this, { clock, order: 0, cloud: new Line(), cut: null, numbers: 0, letters: 0, slips: [], trouble: '' });
    this.kiosk = this.cloud;
  }

  /** where: 'kiosk' or 'cloud' while the line is cut; anywhere else both hear of it. */
  do(kind, number, { where, ...more } = {}) {
    const act = { kind, number, order: ++this.order, at: this.clock.now(), ...more };
    this.former = structuredClone({ patients: this.cloud.patients, calls: this.cloud.calls });
    if (!this.cut) return this.cloud.apply(act);
    if (where === 'kiosk') this.cut.push(act);
    return this[where ?? 'kiosk'].apply(act);
  }

  /** Takes the last act back; there is a line. */
  undo() {
    Object.assign(this.cloud, this.former);
  }

  /** The number that the next one gets: the main series, or the kiosk's own without a line. */
  number(letter = '') {
    return letter ? `${letter}${++this.letters}` : String(++this.numbers);
  }

  cutLine() {
    this.cut = [];
    this.kiosk = Object.assign(new Line(), structuredClone({ patients: this.cloud.patients, calls: this.cloud.calls }));
  }

  joinLine() {
    for (const act of this.cut) this.cloud.apply(act);
    this.cut = null;
    this.kiosk = this.cloud;
  }
}
