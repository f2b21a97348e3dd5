/* One field of a template's form. Dates, opening hours and lists have an input for each part; on the wire
 * they are lines of text. */
import { html } from './preact.js';
import { say, text } from './words.js';
import { Field } from './field.js';

const DATE = /^(\d{4}-\d{2}-\d{2})?(?:\/(\d{4}-\d{2}-\d{2}))?$/;
const HOURS = /^(\d{1,2}:\d{2})?〜(\d{1,2}:\d{2})?$/;

const Legend = ({ field }) => html`<legend>${field.label.ja}${field.required && html`<span class="mark">${say('required')}</span>`}${field.hint && html`<span class="note">${field.hint.ja}</span>`}</legend>`;

function Dates({ id, field, value, error, onInput }) {
  const [, from = '', to = ''] = DATE.exec(value) ?? [];
  const set = (a, b) => onInput(b ? `${a}/${b}` : a);
  return html`<fieldset class="dates"><${Legend} field=${field} />
    <div class="row"><${Field} id=${id} type="date" label=${text('calendar.first')} error=${error} value=${from} onInput=${(one) => set(one, to)} />
    <${Field} id=${`${id}-to`} type="date" label=${text('typed.date.last')} value=${to} onInput=${(one) => set(from, one)} /></div></fieldset>`;
}

const pairs = (value) => (value ? value.split('\n').map((line) => { const at = line.indexOf('|'); return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]; }) : [['', '']]);
const joined = (rows) => rows.map((cells) => cells.join('|')).join('\n');

function Rows({ id, field, value, error, onInput, row }) {
  const rows = pairs(value);
  const set = (i, cells) => onInput(joined(rows.map((old, n) => (n === i ? cells : old))));
  const away = (i) => onInput(joined(rows.filter((_, n) => n !== i)));
  return html`<fieldset class="lines"><${Legend} field=${field} />
    ${error && html`<p class="wrong" role="alert">${error}</p>`}
    ${rows.map((cells, i) => html`<div key=${i} class="row" role="group" aria-label=${text('typed.row', { n: i + 1 })}>${row(cells, (next) => set(i, next), `${id}-${i}`)}
      ${rows.length > 1 && html`<button type="button" class="button" aria-label=${text('typed.away.of', { n: i + 1 })} onClick=${() => away(i)}>${say('typed.away')}</button>`}</div>`)}
    ${(!field.lines || rows.length < field.lines) && html`<button type="button" class="button" onClick=${() => onInput(joined([...rows, ['', '']]))}>${say('typed.more')}</button>`}</fieldset>`;
}

const list = (cells, set, id) => [0, 1].map((n) => html`<${Field} key=${n} id=${`${id}-${n}`} label=${text(`typed.cell.${n}`)} value=${cells[n]}
  onInput=${(one) => set(cells.map((old, i) => (i === n ? one.replace(/[|\n]/g, ' ') : old)))} />`);

function hours([span, days], set, id) {
  const [, from = '', to = ''] = HOURS.exec(span) ?? [];
  const names = text('weekdays').split(',');
  const order = [1, 2, 3, 4, 5, 6, 0];
  const time = (a, b) => set([`${a}〜${b}`, days]);
  const day = (name) => set([span, order.map((n) => names[n]).filter((one) => (one === name) !== days.includes(one)).join('')]);
  return html`<${Field} id=${`${id}-from`} type="time" label=${text('when.hours.from')} value=${from.padStart(from && 5, '0')} onInput=${(one) => time(one.replace(/^0/, ''), to)} />
    <${Field} id=${`${id}-to`} type="time" label=${text('when.hours.to')} value=${to.padStart(to && 5, '0')} onInput=${(one) => time(from, one.replace(/^0/, ''))} />
    <div class="days">${order.map((n) => html`<label key=${n} class="choice"><input type="checkbox" checked=${days.includes(names[n])} onChange=${() => day(names[n])} /><span>${names[n]}</span></label>`)}</div>`;
}

export function Typed({ field, value, error, count, onInput }) {
  const id = `page-${field.name}`;
  const shared = { id, field, value, error, onInput };
  if (field.type === 'date' && DATE.test(value)) return html`<${Dates} ...${shared} />`;
  if (field.type === 'rows') return html`<${Rows} ...${shared} row=${list} />`;
  if (field.type === 'week') return html`<${Rows} ...${shared} row=${hours} />`;
  return html`<${Field} id=${id} label=${field.label.ja} mark=${field.required && say('required')} hint=${field.hint?.ja} count=${count} error=${error} value=${value} onInput=${onInput}
    rows=${field.type === 'text' ? Math.max(3, Math.min(field.lines ?? 3, 7)) : null} autocomplete="off" />`;
}
