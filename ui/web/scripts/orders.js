/* The operator's acts on a contract (terms 7, 12 to 16): each says what it does before it is done. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Field } from './field.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { date, now, wall } from './when.js';
import { Problem } from './load.js';
import { endAfterNotice, firstDiscontinuation, isoOf, momentOf } from './terms.js';

const CAUSE_MAX = 150; /* letters; 480 bytes */
const DAY = 86400000;

/* What each act asks for beside its words "order.ACT". */
const ASKED = { suspend: { cause: true, must: true, destroy: true }, discontinue: { cause: true, day: true, destroy: true }, terminate: { cause: true, how: true, destroy: true }, interrupt: { cause: true, span: true } };

export const yearly = (ms) => text('year.date', { year: wall(ms).year, date: date(ms) });

/* The minute that has begun. The server's time is known to a second, so now() may step back by one. */
const justNow = () => Math.floor((now() - 2000) / 60000) * 60000;

/* From when on; NaN: a day is missing. */
function effect(act, form) {
  if (act === 'discontinue') return momentOf(form.day);
  if (act !== 'terminate') return 0;
  if (form.how === 'now') return now();
  if (form.how === 'day') return momentOf(form.last) + DAY;
  return endAfterNotice(momentOf(form.arrived), form.wanted ? momentOf(form.wanted) : 0);
}

function bodyOf(act, service, form) {
  const asked = ASKED[act] ?? {};
  const body = { act, ...(service && { service }), ...(asked.cause && form.cause.trim() && { cause: form.cause.trim() }) };
  if (asked.span) return { ...body, from: form.urgent ? justNow() : momentOf(form.from), to: momentOf(form.to), urgent: form.urgent };
  return asked.day || asked.how ? { ...body, from: effect(act, form) } : body;
}

function faultOf(act, body) {
  if (ASKED[act]?.must && !body.cause) return 'order.fault.cause';
  if ([...(body.cause ?? '')].length > CAUSE_MAX) return 'order.fault.long';
  if (Number.isNaN(body.from) || Number.isNaN(body.to)) return 'order.fault.day';
  return '';
}

function How({ form, onForm }) {
  const field = (key) => (value) => onForm({ ...form, [key]: value });
  const due = effect('terminate', form);
  return html`<fieldset class="hours"><legend>${say('order.how')}</legend>${['notice', 'day', 'now'].map((one) => html`<label key=${one} class="choice"><input type="radio" name="how" checked=${form.how === one} onChange=${() => field('how')(one)} /><span>${say(`order.how.${one}`)}</span></label>`)}</fieldset>
    ${form.how === 'notice' && html`<${Field} id="arrived" type="date" label=${text('order.arrived')} value=${form.arrived} onInput=${field('arrived')} />
      <${Field} id="wanted" type="month" label=${text('order.wanted')} hint=${text('order.wanted.hint')} value=${form.wanted} onInput=${field('wanted')} />`}
    ${form.how === 'day' && html`<${Field} id="last" type="date" label=${text('order.last')} value=${form.last} onInput=${field('last')} />`}
    ${form.how !== 'now' && !Number.isNaN(due) && html`<p role="status"><b>${say('ends.last', { date: yearly(due - 1) })}</b></p>`}`;
}

function Span({ form, onForm }) {
  const field = (key) => (value) => onForm({ ...form, [key]: value });
  return html`${!form.urgent && html`<${Field} id="span-from" type="datetime-local" label=${text('span.from')} value=${form.from} onInput=${field('from')} />`}
    <${Field} id="span-to" type="datetime-local" label=${text('span.to')} value=${form.to} onInput=${field('to')} />
    <label class="choice"><input type="checkbox" checked=${form.urgent} onChange=${(e) => field('urgent')(e.target.checked)} /><span>${say('order.urgent')}<span class="note">${say('order.urgent.note')}</span></span></label>`;
}

/* act, service: what was chosen ("" for the whole site). onDone(contract). */
export function Order({ act, service, path, onClose, onDone }) {
  const asked = ASKED[act] ?? {};
  const [form, set] = useState({ cause: '', how: 'notice', arrived: isoOf(now()), wanted: '', last: '', day: isoOf(firstDiscontinuation(now())), from: '', to: '', urgent: false });
  const [state, setState] = useState({ busy: false, problem: '' });
  const n = { service: service && text(`service.${service}`) };
  const yes = async () => {
    const body = bodyOf(act, service, form);
    const fault = faultOf(act, body);
    if (fault) { setState({ busy: false, problem: fault }); return; }
    setState({ busy: true, problem: '' });
    const answer = await call('POST', `${path}/acts`, body);
    const told = { too_late: `order.late.${act}`, does_not_fit: 'order.misfit' };
    if (answer.ok) onDone(text(`order.${act}.done`, n));
    else setState({ busy: false, problem: told[answer.data.error] ?? 'order.problem' });
  };
  return html`<${Dialog} title=${say(`order.${act}.title`, n)} destroy=${asked.destroy} safe=${say('order.no')} act=${say(state.busy ? 'order.busy' : `order.${act}.yes`, n)} busy=${state.busy} onClose=${onClose} onAct=${yes}>
    <p>${say(`order.${act}.help`, n)}</p><${Problem} of=${state.problem} />
    ${asked.span && html`<${Span} form=${form} onForm=${set} />`}
    ${asked.day && html`<${Field} id="day" type="date" label=${text('order.day')} hint=${text('order.day.hint', { date: yearly(firstDiscontinuation(now())) })} value=${form.day} onInput=${(day) => set({ ...form, day })} />`}
    ${asked.how && html`<${How} form=${form} onForm=${set} />`}
    ${asked.cause && html`<${Field} id="cause" rows="3" label=${text('order.cause')} mark=${asked.must && say('required')} hint=${text('order.cause.hint')} value=${form.cause} onInput=${(cause) => set({ ...form, cause })} />`}<//>`;
}
