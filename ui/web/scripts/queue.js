/* /q/{queue_id}: what anyone may see of a queue. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { clock, dayOf, date, now, wall } from './when.js';
import {
  Age, Header, Loading, Lost, Message, Phone, Room, Title, keptTickets, roomName, sessionText, start, useAge, useView,
} from './patient.js';

const id = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const url = `/api/v1/queues/${encodeURIComponent(id)}`;

/* The others that are called to the same room: a family, or who has not gone in yet. */
function Party({ call }) {
  return call.party.length > 0 && html`<p class="party">${call.party.map((number) => html`<b key=${number} class="number">${number}</b>`)}</p>`;
}

/* The latest call is the large figure; further rooms stand below it in one line each. */
function Calling({ call, payment, large }) {
  return html`<section class=${large ? 'calling large' : 'calling'}>
    <div class=${`plate-call ${large ? 'down' : 'right'}`}>
      <h2><${Icon} name="bell" size=${large ? 30 : 22} /><span>${say('calling')}</span></h2>
      <p class="number">${call.number}</p><${Party} call=${call} />
    </div>
    ${large ? html`<${Room} call=${call} payment=${payment} />`
    : html`<div class="plate-door"><${Icon} name=${payment ? 'yen' : 'door'} size="28" /><p>${roomName(call)}</p></div>`}
  </section>`;
}

function Passed({ call, label }) {
  return html`<section class="plate-number"><div><h2>${label}</h2><p class="sub">${roomName(call)}</p></div>
    <p class="number">${call.number}</p></section>`;
}

function Intake({ intake }) {
  if (intake === 'open') return null;
  return html`<section class="card intake"><${Icon} name=${intake === 'paused' ? 'info' : 'clock'} size="36" />
    <h2>${say(`intake.${intake}`)}</h2><p>${say(`intake.${intake}.help`)}</p></section>`;
}

/* Hours are mostly whole, and are said so. */
const hour = (ms) => { const w = wall(ms); return w.minute ? clock(ms, say) : say('clock.whole', { hour: w.hour }); };
const fromTo = (from, to) => say('span', { from: hour(from), to: hour(to) });

/* When the next windows open. */
function Next({ next }) {
  return next.length > 0 && html`<section><h2 class="label">${say('remote.next')}</h2><dl class="card lines">${next.map((one) => html`<div key=${one.from}>
    <dt>${sessionText(one)}</dt><dd>${fromTo(one.from, one.to)}</dd></div>`)}</dl></section>`;
}

const today = (ms) => wall(ms).day === wall(now()).day && ms - now() < 86400000;

/* Why there is no button now; a closed day and a pause are told by the desk's own card. */
function NotNow({ remote }) {
  const { state, until, next } = remote;
  if (state === 'before' && next.length) return html`<section class="card intake"><${Icon} name="clock" size="36" /><h2>${say('remote.before', { time: hour(next[0].from) })}</h2><p>${say('remote.before.help')}</p></section>`;
  if (state === 'night') return html`<section class="card intake"><${Icon} name="clock" size="36" /><h2>${say('remote.night')}</h2><p>${today(until) ? say('remote.night.help', { time: hour(until) }) : say('remote.night.day', { date: date(until, say), time: clock(until, say) })}</p></section>`;
  if (!['ended', 'full'].includes(state)) return null;
  return html`<section class="card intake"><${Icon} name=${state === 'full' ? 'info' : 'clock'} size="36" /><h2>${say(`remote.${state}`)}</h2><p>${say(`remote.${state}.help`)}</p></section>`;
}

function Book({ view, lost }) {
  const { remote } = view;
  if (!remote || lost || remote.state !== 'open') return null;
  return html`<a class="button first wide book" href=${`/q/${view.queue_id}/book`}>${say('remote.book')}</a>
    ${remote.until > 0 && html`<p class="note">${say('remote.open', { time: hour(remote.until) })}</p>`}`;
}

/* The numbers that this phone has of today. */
function Kept({ view }) {
  const mine = keptTickets().filter((one) => one.queue_id === view.queue_id && one.date === view.session?.date);
  return mine.map((one) => html`<a key=${one.code} class="button second wide" href=${`/t/${one.code}`}>${say('kept', { number: one.number })}</a>`);
}

const minutes = (n) => { const day = Date.UTC(2000, 0, 1) - 9 * 3600000; return day + n * 60000; };
const spans = (list) => { const open = (list ?? []).filter(Boolean); return open.length ? open.map(([from, to], i) => html`<span class="nobr" key=${i}>${fromTo(minutes(from), minutes(to))}</span>`) : say('hours.none'); };

/* Hours, closed days, address: read again when what follows from them has changed. */
function Clinic({ view }) {
  const [data, set] = useState(null);
  useEffect(() => { fetch(`${url}/clinic`).then((answer) => (answer.ok ? answer.json() : null)).then((now) => now && set(now)).catch(() => {}); },
    [JSON.stringify([view.session, view.intake, view.remote?.next])]);
  if (!data) return null;
  const { hours, clinic } = data;
  const weekdays = text('weekdays').split(',');
  const day = (one) => date(dayOf({ date: one }), say);
  return html`${hours && html`<section><h2 class="label">${say('hours')}</h2>
    <table class="hours"><tbody>${hours.week.map((list, i) => html`<tr key=${i}><th scope="row">${weekdays[i]}</th><td>${spans(list)}</td></tr>`)}</tbody></table></section>
    ${hours.closed.length > 0 && html`<section><h2 class="label">${say('hours.closed')}</h2><ul class="days">${hours.closed.map((one) => html`<li key=${one}>${day(one)}</li>`)}</ul></section>`}
    ${hours.exceptions.length > 0 && html`<section><h2 class="label">${say('hours.changed')}</h2><ul class="days">${hours.exceptions.map((one) => html`<li key=${one.date}>${day(one.date)} ${spans(one.spans)}</li>`)}</ul></section>`}`}
    ${clinic.address && html`<p lang="ja">${clinic.address}</p>`}`;
}

/* Tells readers of the screen when a number changes, and only then. */
function Heard({ view }) {
  const [words, set] = useState('');
  const before = useRef('');
  const call = view.now[0];
  const key = call ? `${call.number} ${call.since} ${call.live}` : '';
  useEffect(() => {
    if (before.current !== key && call) {
      set(text(call.live ? 'hear.calling' : 'hear.now', { number: call.number, room: roomName(call) }));
    }
    before.current = key;
  }, [key]);
  return html`<p class="hear" role="status">${words}</p>`;
}

/* The doors are closed, and nobody who came before they did still waits, as for the cashier. */
const isIdle = ({ intake, remote, waiting }) => !waiting && (intake === 'closed' || (intake === 'before' && !['open', 'full', 'ended'].includes(remote?.state)));

function title(view) {
  const call = view.now[0];
  if (isIdle(view)) return text(`intake.${view.intake}`);
  if (!call) return text(view.waiting ? 'waiting' : 'waiting.none', { n: view.waiting });
  return text(call.live ? 'title.calling' : 'title.now', { number: call.number });
}

function Unknown({ choose }) {
  return html`<${Header} choose=${choose} sub="" /><${Title} what=${text('unknown')} />
    <main><section class="card"><${Icon} name="info" size="36" /><h1>${say('unknown')}</h1><p>${say('unknown.help')}</p>
    <a class="button second wide" href="/q/">${say('unknown.home')}</a></section></main>`;
}

function Queue({ choose }) {
  const { view, gone, time, again } = useView(`${url}/events`, url);
  const age = useAge(time);
  if (gone) return html`<${Unknown} choose=${choose} />`;
  if (!view) return html`<${Header} choose=${choose} sub="" /><${Loading} again=${again} />`;
  const live = age.lost ? [] : view.now.filter((call) => call.live);
  const passed = view.now.filter((call) => !live.includes(call));
  const payment = view.desk.kind === 'payment';
  const remote = view.remote ?? { state: 'none', next: [] };
  const instead = !age.lost && ['before', 'night'].includes(remote.state) && ['before', 'break', 'ended'].includes(view.intake);
  const nowLabel = age.lost ? say('now.at', { time: clock(age.at, say) }) : say('now');
  return html`<${Title} what=${title(view)} clinic=${view.clinic.name} />
    <${Header} view=${view} choose=${choose} sub=${sessionText(view.session) ?? say('queue_id', { id })} />
    <main>
      ${age.lost && html`<${Lost} age=${age} again=${again} />`}
      ${instead ? html`<${NotNow} remote=${remote} />` : html`<${Intake} intake=${view.intake} />`}
      ${live.map((call, i) => html`<${Calling} key=${call.room} call=${call} payment=${payment} large=${i === 0} />`)}
      ${passed.map((call) => html`<${Passed} key=${call.room} call=${call} label=${live.length ? say('passed') : nowLabel} />`)}
      ${!view.now.length && ['open', 'paused'].includes(view.intake)
        && html`<section class="plate-number"><div><h2>${nowLabel}</h2><p class="sub">${say('now.none')}</p></div></section>`}
      ${!isIdle(view) && html`<section class="card waiting"><h2>${view.waiting
        ? say('waiting', { n: view.waiting }, { n: html`<span class="number">${view.waiting}</span>` })
        : say('waiting.none')}</h2></section>`}
      <${Book} view=${view} lost=${age.lost} /><${Kept} view=${view} />
      ${!instead && !age.lost && view.intake === 'open' && html`<${NotNow} remote=${remote} />`}
      ${!age.lost && remote.state !== 'open' && html`<${Next} next=${remote.next} />`}
      ${view.now.length > 0 && html`<p>${say('passed.help')}</p>`}
      <${Message} message=${view.message} />
      <${Age} age=${age} />
      ${(age.lost || view.intake !== 'open') && html`<${Phone} phone=${view.clinic.phone} />`}
      <${Clinic} view=${view} />
      <${Heard} view=${view} />
    </main>
    <footer class="note"><p>${view.desk.name} ${say('queue_id', { id: view.queue_id })}</p></footer>`;
}

start(Queue);
