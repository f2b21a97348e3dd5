/* Acts of the console: what is sent, what is said afterwards, what can be taken back. */
import { useRef, useState } from './preact.js';
import { text } from './words.js';
import { uuid } from './api.js';
import { eventOf, roomName } from './acts.js';
import { postEvent, postTicket, usePress } from './site.js';
import { now } from './when.js';

const REFUSED = { full: 'problem.full', paused: 'problem.paused', suspended: 'problem.stopped', no_service: 'problem.stopped' };
const NEWS_MS = 1000; // a colleague's act is here within a second
const wait = () => new Promise((go) => { setTimeout(go, 50); });

/* The words of an answer that is no success; null for success. */
function problemOf(answer, ticket, view) {
  if (answer.status === 0) return ['problem.offline', {}];
  if (REFUSED[answer.data.error]) return [REFUSED[answer.data.error], {}];
  const entry = answer.data.entries?.[0];
  if (answer.ok && (!entry?.verdict || entry.verdict === 'applied')) return null;
  const reason = entry?.reason ?? answer.data.error;
  if (reason === 'undo_late') return ['problem.late', {}];
  if (reason === 'number_live') return ['problem.number', { number: ticket?.number }];
  if (ticket && (answer.status === 409 || answer.ok)) {
    const present = view.tickets.find((one) => one.ticket === ticket.ticket) ?? ticket;
    const next = view.desks.find((desk) => desk.desk_no === ticket.desk_no)?.next;
    return ['problem.first', {
      number: ticket.number, state: text(`state.${present.state}`), next: next ? text('problem.first.next', { next: next.number }) : '',
    }];
  }
  return ['problem.other', {}];
}

/* { busy, last, problem, heard, call, act, undo, ... }; latest(): the view as it is when an answer comes. */
export function useDoing(who, site, latest) {
  const [busy, press] = usePress();
  const [last, setLast] = useState(null);
  const [problem, setProblem] = useState(null);
  const [heard, setHeard] = useState('');
  const undone = useRef(new Set());
  const known = useRef(null); // `last` for what waits
  const acting = useRef(0); // acts whose answers are on the way
  const followed = useRef(new Map()); // ticket and event that was seen (a family's is one event) -> this page's own act upon it

  /* The answer may be here before the push that tells what the colleague did. */
  async function news(ticket) {
    const old = () => latest().tickets.find((one) => one.ticket === ticket.ticket)?.last_event === ticket.last_event;
    for (const end = Date.now() + NEWS_MS; old() && Date.now() < end;) await wait();
  }

  async function send(name, ticket, how) {
    const done = await press(name, how);
    if (!done) return null;
    let trouble = problemOf(done.answer, ticket, latest());
    if (trouble?.[0] === 'problem.first') {
      await news(ticket);
      trouble = problemOf(done.answer, ticket, latest());
    }
    setProblem(trouble);
    return trouble ? null : done;
  }

  function said(what, ticket, id) {
    known.current = { what, ticket: ticket?.ticket, id, at: now(), who: who.name };
    setLast(known.current);
    setHeard(what);
  }

  /* Whoever presses on before the push of the own last act is here has seen that act all the same. */
  function sinceSeen({ ticket, seen }) {
    let latest = seen;
    while (followed.current.has(`${ticket} ${latest}`)) latest = followed.current.get(`${ticket} ${latest}`);
    return latest;
  }

  async function acted(name, ticket, event, what) {
    acting.current += 1;
    try {
      const seen = sinceSeen(event);
      const done = await send(name, ticket, (id) => postEvent(site, { id, ...event, seen }));
      if (done) {
        followed.current.set(`${event.ticket} ${seen}`, done.id);
        said(what, ticket, done.id);
      }
    } finally {
      acting.current -= 1;
    }
  }

  const call = (ticket, room, name) => acted(name, ticket, eventOf(latest(), ticket, 'call', { room }),
    text('did.call', { number: ticket.number, room: roomName(latest(), room) }));

  const act = (ticket, name, desk, reason) => acted(`${ticket.ticket}:${name}`, ticket, eventOf(latest(), ticket, name, { desk, reason }),
    text(`did.${name}`, { number: ticket.number, desk: desk?.name }));

  const present = (one) => (one?.id ? latest()?.tickets.find((ticket) => ticket.ticket === one.ticket) : null);
  const undoable = (one) => Boolean(present(one)?.can_undo && present(one).last_event === one.id);

  /* What was pressed last is meant, though its answer or the news of it are still on the way. False: it was refused. */
  async function arrived() {
    const before = known.current;
    const open = acting.current > 0;
    while (acting.current > 0) await wait();
    if (open && known.current === before) return false;
    for (const end = Date.now() + NEWS_MS; !undoable(known.current) && present(known.current) && Date.now() < end;) await wait();
    return undoable(known.current);
  }

  async function undo() {
    if (!await arrived() || undone.current.has(known.current.id)) return;
    const last = known.current;
    const event = { kind: 'undone', ticket: last.ticket, target: last.id };
    const done = await send('undo', null, (id) => postEvent(site, { id, ...event }));
    if (!done) return;
    undone.current.add(last.id);
    for (const [seen, own] of followed.current) if (own === last.id) followed.current.delete(seen);
    said(text('did.undone', { what: last.what }), null, null);
  }

  async function pause(desks, stop) {
    for (const desk of desks) {
      const event = { kind: stop ? 'intake_paused' : 'intake_resumed', desk: desk.desk_no };
      const done = await send(`${event.kind}:${desk.desk_no}`, null, (id) => postEvent(site, { id, ...event }));
      if (!done) return;
    }
    said(text(stop ? 'did.paused' : 'did.resumed'), null, null);
  }

  async function message(words) {
    const done = await send('message', null, (id) => postEvent(site, { id, kind: 'message', text: words }));
    if (done) said(text(words ? 'did.message' : 'did.message.off'), null, null);
  }

  /* Who telephones is not here yet: that is a booking. Several persons are a family. */
  async function add(service, channel, persons, card, name) {
    const desk = latest().desks.find((one) => one.desk_no === service.desk_no);
    const phone = channel === 'phone';
    const body = { service: service.id, channel, ...(phone && { booking: true }), ...(phone && card && { card }), ...(name && { name }) };
    if (persons > 1) body.tickets = Array.from({ length: persons }, uuid);
    else body.ticket = uuid();
    const done = await send('add', null, () => postTicket(desk.queue_id, body));
    if (!done) return false;
    const { data } = done.answer;
    said(text('did.added', { number: (data.tickets ?? [data]).map((one) => one.number).join(text('note.join')) }), null, null);
    return true;
  }

  /* 元に戻す stays only while the server would accept it. */
  const canUndo = undoable(last);
  const tell = (what) => said(what, null, null);
  return { busy, last, canUndo, problem, complain: setProblem, heard, call, act, undo, pause, message, add, tell };
}
