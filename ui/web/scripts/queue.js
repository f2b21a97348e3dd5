/* /q/{queue_id}: what anyone may see of a queue. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { clock } from './when.js';
import {
  Age, Header, Loading, Lost, Message, Phone, Room, Title, roomName, sessionText, start, useAge, useView,
} from './patient.js';

const id = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const url = `/api/v1/queues/${encodeURIComponent(id)}`;

/* The latest call is the large figure; further rooms stand below it in one line each. */
function Calling({ call, payment, large }) {
  return html`<section class=${large ? 'calling large' : 'calling'}>
    <div class=${`plate-call ${large ? 'down' : 'right'}`}>
      <h2><${Icon} name="bell" size=${large ? 30 : 22} /><span>${say('calling')}</span></h2>
      <p class="number">${call.number}</p>
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

function title(view) {
  const call = view.now[0];
  if (!call) return text(view.waiting ? 'waiting' : 'waiting.none', { n: view.waiting });
  return text(call.live ? 'title.calling' : 'title.now', { number: call.number });
}

function Unknown({ choose }) {
  return html`<${Header} choose=${choose} sub="" /><${Title} what=${text('unknown')} />
    <main><section class="card"><${Icon} name="info" size="36" /><h1>${say('unknown')}</h1><p>${say('unknown.help')}</p>
    <a class="button second wide" href="/">${say('unknown.home')}</a></section></main>`;
}

function Queue({ choose }) {
  const { view, gone, time, again } = useView(`${url}/events`, url);
  const age = useAge(time);
  if (gone) return html`<${Unknown} choose=${choose} />`;
  if (!view) return html`<${Header} choose=${choose} sub="" /><${Loading} again=${again} />`;
  const live = age.lost ? [] : view.now.filter((call) => call.live);
  const passed = view.now.filter((call) => !live.includes(call));
  const payment = view.desk.kind === 'payment';
  const nowLabel = age.lost ? say('now.at', { time: clock(age.at, say) }) : say('now');
  return html`<${Title} what=${title(view)} clinic=${view.clinic.name} />
    <${Header} view=${view} choose=${choose} sub=${sessionText(view.session) ?? say('queue_id', { id })} />
    <main>
      ${age.lost && html`<${Lost} age=${age} again=${again} />`}
      <${Intake} intake=${view.intake} />
      ${live.map((call, i) => html`<${Calling} key=${call.room} call=${call} payment=${payment} large=${i === 0} />`)}
      ${passed.map((call) => html`<${Passed} key=${call.room} call=${call} label=${live.length ? say('passed') : nowLabel} />`)}
      ${!view.now.length && ['open', 'paused'].includes(view.intake)
        && html`<section class="plate-number"><div><h2>${nowLabel}</h2><p class="sub">${say('now.none')}</p></div></section>`}
      <section class="card waiting"><h2>${view.waiting
        ? say('waiting', { n: view.waiting }, { n: html`<span class="number">${view.waiting}</span>` })
        : say('waiting.none')}</h2></section>
      ${view.now.length > 0 && html`<p>${say('passed.help')}</p>`}
      <${Message} message=${view.message} />
      <${Age} age=${age} />
      ${(age.lost || view.intake !== 'open') && html`<${Phone} phone=${view.clinic.phone} />`}
      <${Heard} view=${view} />
    </main>
    <footer class="note"><p>${view.desk.name} ${say('queue_id', { id: view.queue_id })}</p></footer>`;
}

start(Queue);
