/* /t/{code}: the page of the person who holds the slip. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { clock, learnTime } from './when.js';
import {
  Age, Header, Loading, Lost, Message, Phone, Room, Title, dropTickets, keepTicket, keptTickets, roomName, sessionText, start, useAge, useView,
} from './patient.js';
import { Acts, Booked, Note } from './holder.js';

const code = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const ticketUrl = `/api/v1/tickets/${encodeURIComponent(code)}`;
const SOON_MS = 5000;
const AWAY = ['reserved', 'waiting'];

const ask = () => fetch(ticketUrl, { cache: 'no-store' }).catch(() => null);
let early = ask(); /* while the words come */

/* The ticket is read again whenever its queue moves; gone: there is no such ticket. */
function useTicket() {
  const [ticket, keep] = useState(null);
  const first = useRef(null);
  const set = (data) => {
    learnTime(data.queue.at);
    first.current = { heard: Date.now(), got: Date.now(), at: data.queue.at };
    keep(data);
  };
  const [gone, setGone] = useState(0);
  const [tries, tried] = useState(0);
  const queue = ticket && `/api/v1/queues/${encodeURIComponent(ticket.queue_id)}`;
  const live = useView(queue && `${queue}/events`, queue);
  const load = async () => {
    const answer = await (early ?? ask());
    early = null;
    if (answer?.ok) set(await answer.json());
    else if (answer && [403, 404, 410].includes(answer.status)) setGone(answer.status);
    else tried((n) => n + 1);
  };
  const soon = !ticket || (ticket.mail === 'waiting' && ticket.come_now); /* what no push tells: no answer yet, or a mail under way */
  useEffect(() => {
    const timer = soon && !gone ? setTimeout(load, SOON_MS) : 0;
    return () => clearTimeout(timer);
  }, [ticket, tries, gone]);
  useEffect(() => { load(); }, [live.view]);
  const [view, time] = live.view ? [live.view, live.time] : [ticket?.queue, first.current ?? live.time];
  return { ticket, set, gone, view, time, again: () => { load(); live.again(); } };
}

/* Decoration for "N before you": up to five circles, above that two, a gap, two. */
function Line({ before, number, serving }) {
  const dots = before <= 5 ? Array(before).fill('dot') : ['dot', 'dot', 'gap', 'dot', 'dot'];
  return html`<div class="line" aria-hidden="true">
    ${serving && html`<b class="number served">${serving}</b>`}
    ${dots.map((kind, i) => html`<i key=${i} class=${kind}></i>`)}
    <b class="number">${number}</b></div>`;
}

function Foot({ icon, kind, head, help }) {
  return html`<div class=${`foot ${kind}`}>${icon && html`<${Icon} name=${icon} size="28" />`}
    <div><strong>${head}</strong>${help && html`<p>${help}</p>`}</div></div>`;
}

/* Still to be called: how many, the line, and whether to come. */
function Waiting({ ticket, view, lost }) {
  const { before, number } = ticket;
  const serving = view.now[0]?.number;
  return html`<h3>${say('ticket.before', { n: before }, { n: html`<span class="number">${before}</span>` })}</h3>
    <${Line} before=${before} number=${number} serving=${serving} />
    ${!lost && before === 0 && html`<${Foot} kind="now" icon="bell" head=${say('ticket.next')}
      help=${say('ticket.next.help', { place: say('ticket.place') })} />`}
    ${!lost && before > 0 && ticket.come_now && html`<${Foot} kind="now" icon="bell" head=${say('ticket.soon')} help=${say('ticket.soon.help')} />`}
    ${!lost && before > 0 && !ticket.come_now && html`<${Foot} kind="info" head="" help=${say('ticket.far.help', { n: ticket.come_now_at })} />`}`;
}

/* What the state means to its holder: [kind of foot, icon, words]. Never the staff's own word. */
const MEANING = {
  offered: ['info', 'clock', 'ticket.offered'],
  held: ['now', 'info', 'ticket.desk'],
  in_room: ['info', 'check', 'ticket.in_room'],
  in_exam: ['info', 'clock', 'ticket.in_exam'],
  to_pay: ['info', 'clock', 'ticket.to_pay'],
  done: ['info', 'check', 'ticket.done'],
  cancelled: ['plain', 'info', 'ticket.cancelled'],
};

function State({ ticket, view, lost }) {
  if (AWAY.includes(ticket.state) && ticket.before !== null) return html`<${Waiting} ticket=${ticket} view=${view} lost=${lost} />`;
  if (['called', 'absent'].includes(ticket.state)) {
    return html`<h3>${say('passed')}</h3><p class="note">${say('ticket.passed.at', { time: clock(ticket.called, say) })}</p>
      <${Foot} kind="now" icon="info" head=${say('ticket.desk')} help=${say('ticket.desk.help')} />`;
  }
  const [kind, icon, key] = MEANING[ticket.state] ?? MEANING.held;
  const help = key === 'ticket.offered' ? null : say(`${key}.help`);
  return html`<${Foot} kind=${kind} icon=${icon} head=${say(key)} help=${help} />`;
}

function Called({ ticket, payment }) {
  return html`<section class="calling large">
    <div class="plate-call down"><h2><${Icon} name="bell" size="34" /><span>${say('calling')}</span></h2>
      <p class="mine">${say('ticket.mine')}</p><p class="number">${ticket.number}</p></div>
    <${Room} call=${ticket} payment=${payment} /></section>
    <p>${say('ticket.called.help')}</p>`;
}

/* The former slip has the same number and leads here too. */
function Newest({ n }) {
  return html`<section class="card slip"><h2><${Icon} name="info" size="28" /><span>${say('ticket.slip', { n })}</span></h2>
    <p>${say('ticket.slip.help')}</p></section>`;
}

function titleOf(ticket) {
  const { number, before, state, live } = ticket;
  if (state === 'called' && live) return text('title.calling', { number });
  if (AWAY.includes(state) && before !== null) return text('title.before', { number, n: before });
  const [, , key] = MEANING[state] ?? [];
  return text('title.ticket', { number, state: text(key ?? 'passed') });
}

function Heard({ words }) {
  const first = useRef(true);
  const [said, set] = useState('');
  useEffect(() => {
    if (!first.current) set(words);
    first.current = false;
  }, [words]);
  return html`<p class="hear" role="status">${said}</p>`;
}

/* 410: it was a ticket of another day. */
function Unknown({ choose, status }) {
  const key = status === 410 ? 'own.over' : 'ticket.unknown';
  return html`<${Header} choose=${choose} sub="" /><${Title} what=${text(key)} />
    <main><section class="card"><${Icon} name="info" size="36" /><h1>${say(key)}</h1>
    <p>${say(`${key}.help`)}</p></section></main>`;
}

/* The number that this page showed before, when the terminal gave another for the same turn. */
function useFormer(ticket) {
  const [former, set] = useState('');
  useEffect(() => {
    if (!ticket) return;
    const kept = keptTickets().find((one) => one.code === code);
    if (kept && kept.number !== ticket.number) set(kept.number);
    const over = [{ ...ticket, code }, ...ticket.party].filter((one) => ['done', 'cancelled'].includes(one.state));
    dropTickets(over.map((one) => one.code));
    if (over[0]?.code === code) return;
    if (ticket.booked || kept) keepTicket({ code, number: ticket.number, queue_id: ticket.queue_id, date: ticket.session.date });
  }, [ticket?.number, ticket?.state]);
  return former;
}

function Party({ ticket }) {
  const { party } = ticket;
  return party.length > 1 && html`<p class="sub">${say('own.party', { n: party.length, numbers: party.map((one) => one.number).join(text('own.and')) })}</p>`;
}

/* The push that tells all of a call tells its holder too, an answer earlier than the ticket itself. */
function newest(ticket, view) {
  const call = view?.now.find((one) => one.live && one.number === ticket?.number);
  return call && AWAY.includes(ticket.state) ? { ...ticket, state: 'called', live: true, room: call.room, room_en: call.room_en, called: call.since } : ticket;
}

function Ticket({ choose }) {
  const { ticket: known, set, view, gone, time, again } = useTicket();
  const ticket = newest(known, view);
  const age = useAge(time);
  const former = useFormer(ticket);
  if (gone) return html`<${Unknown} choose=${choose} status=${gone} />`;
  if (!ticket || !view) return html`<${Header} choose=${choose} sub="" /><${Loading} again=${again} />`;
  const live = ticket.state === 'called' && ticket.live && !age.lost;
  const serving = view.now[0];
  const over = ['done', 'cancelled'].includes(ticket.state);
  const kind = ['called', 'absent', 'held'].includes(ticket.state) ? 'ticket act' : 'ticket';
  return html`<${Title} what=${titleOf(ticket)} clinic=${view.clinic.name} />
    <${Header} view=${view} choose=${choose} sub=${sessionText(ticket.session)} />
    <main>
      ${age.lost ? html`<${Lost} age=${age} again=${again} />` : html`<${Booked} ticket=${ticket} />`}
      ${!live && !over && serving && html`<section class="plate-number"><div>
        <h2>${age.lost ? say('now.at', { time: clock(age.at, say) }) : say('now')}</h2><p class="sub">${roomName(serving)}</p></div>
        <p class="number">${serving.number}</p></section>`}
      ${live ? html`<${Called} ticket=${ticket} payment=${view.desk.kind === 'payment'} />`
    : html`<section class=${kind}><div class="mine"><div><h2>${say('ticket.mine')}</h2><${Party} ticket=${ticket} /></div><p class="number">${ticket.number}</p></div>
        <${State} ticket=${ticket} view=${view} lost=${age.lost} /></section>`}
      ${former && html`<${Note} of="own.changed" values=${{ old: former, number: ticket.number }} />`}
      <${Acts} ticket=${ticket} code=${code} lost=${age.lost} onTicket=${set} onGone=${again} />
      ${!over && ticket.reissues > 0 && html`<${Newest} n=${ticket.reissues} />`}
      <${Message} message=${view.message} />
      ${!over && html`<a class="button wide" href=${`/q/${ticket.queue_id}`}>${say('ticket.queue')}</a>`}
      <${Age} age=${age} />
      ${age.lost && html`<${Phone} phone=${view.clinic.phone} />`}
      <${Heard} words=${live ? text('hear.calling', { number: ticket.number, room: roomName(ticket) }) : titleOf(ticket)} />
    </main>
    <footer class="note"><p>${say('ticket.valid', { session: sessionText(ticket.session) })}</p></footer>`;
}

start(Ticket, 'own');
