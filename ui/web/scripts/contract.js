/* What a site's contract gives it: services and their state, announced interruptions (terms 13) and ends (14 to
 * 16), why a service is suspended (12), service hours, and the record. The operator acts on it here. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { date, digits, now } from './when.js';
import { Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { Rows } from './rows.js';
import { HoursPanel } from './service_hours.js';
import { Order, yearly } from './orders.js';

addShapes({ stopped: 'M9 5v14M15 5v14', none: html`<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.6" stroke-dasharray="3 3" />` });

const AGAIN_MS = 60000;
const HEADS = ['acts.at', 'acts.what', 'acts.span', 'acts.cause', 'acts.user'];
const SHAPES = { active: 'check', suspended: 'stopped', none: 'none' };
const moment = (ms) => `${date(ms)} ${digits(ms)}`;

const mayOf = ({ state, ends }) => ({ none: ['start'], active: ['suspend'], suspended: ['resume'] }[state]).concat(state === 'none' ? [] : ends ? ['keep'] : ['discontinue', 'terminate']);

function Service({ one, operator, onOrder }) {
  return html`<section class="panel" data-service=${one.service} aria-labelledby=${`service-${one.service}`}><h2 id=${`service-${one.service}`}>${say(`service.${one.service}`)}</h2>
    <p class=${`shape ${one.state}`}><${Icon} name=${SHAPES[one.state]} size="20" /><b>${say(`service.is.${one.state}`)}</b></p>
    ${one.state === 'suspended' && html`${one.cause && html`<p>${say('service.cause', { cause: one.cause })}</p>`}${!operator && html`<p>${say('service.suspended.help')}</p>`}`}
    ${one.ends > 0 && html`<div class="banner info"><${Icon} name="info" /><div><strong>${say('ends.last', { date: yearly(one.ends - 1) })}</strong><p>${say(`ends.${one.ends_by}`)}</p></div></div>`}
    ${operator && html`<div class="row">${mayOf(one).map((act) => html`<button key=${act} type="button" class=${`button ${['suspend', 'discontinue', 'terminate'].includes(act) ? 'danger' : 'second'}`} aria-label=${text(`order.${act}.of`, { service: text(`service.${one.service}`) })} onClick=${() => onOrder(act, one.service)}>${say(`order.${act}`)}</button>`)}</div>`}</section>`;
}

function Interruption({ span, operator, onOrder }) {
  const on = span.from <= now();
  return html`<div class=${`banner ${on ? 'now' : 'info'}`} role="status"><${Icon} name="warning" /><div><strong>${say(on ? 'span.now' : 'span.told', { from: moment(span.from), to: moment(span.to) })}</strong><p>${say('span.help')}</p>
    ${operator && html`<p><button type="button" class="button" onClick=${() => onOrder('uninterrupt', '')}>${say('order.uninterrupt')}</button></p>`}</div></div>`;
}

function Act({ act }) {
  const cell = (head) => text(`acts.${head}`);
  const span = act.act === 'interrupt' ? `${moment(act.from)}–${moment(act.to)}` : act.from && ['discontinue', 'terminate'].includes(act.act) ? text('ends.last', { date: yearly(act.from - 1) }) : '';
  return html`<tr role="row"><td role="cell">${yearly(act.at)} <span class="number">${digits(act.at)}</span></td><th role="rowheader" scope="row">${say(`did.contract_${act.act}`, { service: act.service && text(`service.${act.service}`) })}</th>
    <td role="cell" data-head=${span && cell('span')}>${span}</td><td role="cell" data-head=${act.cause && cell('cause')}>${act.cause}</td><td role="cell" data-head=${cell('user')}>${['admin', 'cloud', ''].includes(act.user) ? say('audit.server') : act.user}</td></tr>`;
}

export function Contract({ site, clinic, operator }) {
  const path = `/api/v1/sites/${encodeURIComponent(site)}/contract`;
  const { data, failed, again } = useLoaded(path, AGAIN_MS);
  const [order, setOrder] = useState(null);
  const [done, setDone] = useState('');
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const ask = (act, service) => setOrder({ act, service });
  const finish = async (words) => {
    setOrder(null);
    setDone(words);
    await again();
    document.querySelector('main h1').focus();
  };
  return html`<div class="head"><div><p class="note">${clinic}</p><${Heading}>${say('contract.title')}<//></div>
      ${operator && html`<div class="acts"><button type="button" class="button second" onClick=${() => ask('interrupt', '')}>${say('order.interrupt')}</button></div>`}</div>
    <div role="status">${done && html`<div class="banner info"><${Icon} name="check" /><div><strong>${done}</strong></div></div>`}</div>
    ${data.interruption && html`<${Interruption} span=${data.interruption} operator=${operator} onOrder=${ask} />`}
    <div class="services">${data.services.map((one) => html`<${Service} key=${one.service} one=${one} operator=${operator} onOrder=${ask} />`)}</div>
    <${HoursPanel} />
    <section aria-labelledby="acts"><h2 id="acts">${say('acts.title')}</h2>${data.acts.length ? html`<${Rows} title="acts.title" heads=${HEADS}>${data.acts.map((act, i) => html`<${Act} key=${`${act.at}${i}`} act=${act} />`)}<//>` : html`<p class="panel empty">${say('acts.none')}</p>`}</section>
    ${!operator && html`<p class="note">${say('contract.ask')}</p>`}
    ${order && html`<${Order} ...${order} path=${path} onClose=${() => setOrder(null)} onDone=${finish} />`}`;
}
