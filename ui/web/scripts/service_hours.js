/* Service hours (terms 3(19), app. 2) and the exceptions that were announced; the operator announces them. */
import { html, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Field } from './field.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { date, digits } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { momentOf } from './terms.js';

const PATH = '/api/v1/hours';
const AGAIN_MS = 60000;
const FAULTS = { too_late: 'hours.late', full: 'hours.full', bad_request: 'hours.day' };
const moment = (ms) => `${date(ms)} ${digits(ms)}`;
const spanOf = (one) => text(one.open ? 'hours.opens' : 'hours.closes', { from: moment(one.from), to: moment(one.to) });

function State({ hours }) {
  return html`<p class="shape steady"><${Icon} name="clock" size="20" /><b>${say(hours.open ? 'hours.is.open' : 'hours.is.closed', { time: moment(hours.change) })}</b></p><p>${say('hours.lead')}</p>`;
}

function Exceptions({ hours, onWithdraw }) {
  if (!hours.exceptions.length) return html`<p>${say('hours.none')}</p>`;
  return html`<ul class="owns">${hours.exceptions.map((one) => html`<li key=${one.id} class="own wide-row"><div class="about"><h3>${spanOf(one)}</h3><p class="note">${say('hours.announced', { time: moment(one.announced) })}</p></div>
    ${onWithdraw && html`<div class="acts"><button type="button" class="button danger" aria-label=${text('hours.withdraw.of', { span: spanOf(one) })} onClick=${() => onWithdraw(one)}>${say('hours.withdraw')}</button></div>`}</li>`)}</ul>`;
}

/* For the contractor: as they are. */
export function HoursPanel() {
  const { data } = useLoaded(PATH, AGAIN_MS);
  return data && html`<section class="panel" aria-labelledby="hours"><h2 id="hours">${say('hours.title')}</h2><${State} hours=${data} /><${Exceptions} hours=${data} /></section>`;
}

function Announce({ onDone }) {
  const [form, set] = useState({ open: false, from: '', to: '' });
  const [state, setState] = useState({ busy: false, problem: '' });
  const field = (key) => (value) => set({ ...form, [key]: value });
  const submit = async (e) => {
    e.preventDefault();
    if (state.busy) return;
    const body = { open: form.open, from: momentOf(form.from), to: momentOf(form.to) };
    if (Number.isNaN(body.from) || Number.isNaN(body.to)) { setState({ busy: false, problem: 'hours.day' }); return; }
    setState({ busy: true, problem: '' });
    const answer = await call('POST', PATH, body);
    setState({ busy: false, problem: answer.ok ? '' : FAULTS[answer.data.error] ?? 'hours.problem' });
    if (!answer.ok) return;
    set({ open: false, from: '', to: '' });
    onDone(text('hours.done'));
  };
  return html`<section class="panel" aria-labelledby="announce"><h2 id="announce">${say('hours.announce')}</h2><p>${say('hours.announce.help')}</p><${Problem} of=${state.problem} />
    <form onSubmit=${submit} novalidate><fieldset class="hours"><legend>${say('hours.kind')}</legend>${[false, true].map((open) => html`<label key=${String(open)} class="choice"><input type="radio" name="open" checked=${form.open === open} onChange=${() => field('open')(open)} /><span>${say(open ? 'hours.kind.open' : 'hours.kind.closed')}</span></label>`)}</fieldset>
      <${Field} id="span-from" type="datetime-local" label=${text('span.from')} value=${form.from} onInput=${field('from')} /><${Field} id="span-to" type="datetime-local" label=${text('span.to')} value=${form.to} onInput=${field('to')} />
      <div class="row"><button type="submit" class="button first" aria-disabled=${state.busy ? 'true' : null}>${say(state.busy ? 'order.busy' : 'hours.do')}</button></div></form></section>`;
}

function Withdraw({ one, onClose, onDone }) {
  const [state, set] = useState({ busy: false, problem: '' });
  const act = async () => {
    set({ busy: true, problem: '' });
    const answer = await call('DELETE', `${PATH}/${one.id}`);
    if (answer.ok || answer.status === 404) onDone(text('hours.withdrawn'));
    else set({ busy: false, problem: 'hours.problem' });
  };
  return html`<${Dialog} title=${say('hours.withdraw.title')} destroy safe=${say('hours.withdraw.no')} act=${say(state.busy ? 'order.busy' : 'hours.withdraw.yes')} busy=${state.busy} onClose=${onClose} onAct=${act}><p>${spanOf(one)}</p><${Problem} of=${state.problem} /><//>`;
}

/* The operator's page. */
export function ServiceHours() {
  const { data, failed, again } = useLoaded(PATH, AGAIN_MS);
  const [asking, ask] = useState(null);
  const [done, setDone] = useState('');
  const told = useRef(null);
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const finish = async (words) => {
    ask(null);
    setDone(words);
    await again();
    told.current.focus();
  };
  return html`<div class="head"><${Heading}>${say('hours.title')}<//></div>
    <div role="status" tabindex="-1" ref=${told}>${done && html`<div class="banner info"><${Icon} name="check" /><div><strong>${done}</strong></div></div>`}</div>
    <div class="two"><aside><${Announce} onDone=${finish} /></aside><section aria-labelledby="exceptions"><${State} hours=${data} /><h2 id="exceptions">${say('hours.exceptions')}</h2><${Exceptions} hours=${data} onWithdraw=${ask} /></section></div>
    ${asking && html`<${Withdraw} one=${asking} onClose=${() => ask(null)} onDone=${finish} />`}`;
}
