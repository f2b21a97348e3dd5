/* When a content is broadcast: its period on the calendar, weekdays, and hours of the day. */
import { html } from './preact.js';
import { say, text } from './words.js';
import { date } from './when.js';
import { Field } from './field.js';
import { Calendar } from './calendar.js';
import { clockOf, dayOf, minutesOf, periodMs, periodOf, startOf } from './month.js';
import { now } from './when.js';

const DAYS = [0, 1, 2, 3, 4, 5, 6];
const ALL = 127;

/* What the form holds; times of day as typed. */
export function whenOf(content) {
  const { first, last } = periodOf(content);
  const whole = content.daypart_from === content.daypart_to;
  return {
    first: first || dayOf(now()), last, open: !last, days: content.weekdays || ALL, whole,
    from: clockOf(whole ? 540 : content.daypart_from), to: clockOf(whole ? 1080 : content.daypart_to),
  };
}
export const newWhen = () => ({ first: dayOf(now()), last: 0, open: true, days: ALL, whole: true, from: '09:00', to: '18:00' });

/* { content } for the wire, or { wrong: [field, words] } for the first thing that cannot be. */
export function wireOf(when) {
  if (!when.open && !when.last) return { wrong: ['period', 'when.period.wrong'] };
  if (!when.days) return { wrong: ['days', 'when.days.wrong'] };
  const from = when.whole ? 0 : minutesOf(when.from);
  const to = when.whole ? 0 : minutesOf(when.to);
  if (!when.whole && (from < 0 || to < 0 || from === to)) return { wrong: ['hours', 'when.hours.wrong'] };
  return { content: { ...periodMs({ first: when.first, last: when.open ? 0 : when.last }), weekdays: when.days === ALL ? 0 : when.days, daypart_from: from, daypart_to: to } };
}

/* "11月24日(火)〜12月28日(月)、月・水、9:00–18:00" */
export function sentence(content) {
  const { first, last } = periodOf(content);
  const said = [];
  if (last) said.push(text('when.until', { from: first ? date(startOf(first)) : '', to: date(startOf(last)) }));
  else if (first) said.push(text('when.since', { from: date(startOf(first)) }));
  const names = text('weekdays').split(',');
  if (content.weekdays && content.weekdays !== ALL) said.push(DAYS.filter((day) => (content.weekdays >> day) & 1).map((day) => names[day]).join(text('dot')));
  if (content.daypart_from !== content.daypart_to) said.push(text('when.hours.of', { from: clockOf(content.daypart_from), to: clockOf(content.daypart_to) }));
  return said.join(text('comma')) || text('when.always');
}

export function Days({ days, onDays, wrong, id = 'days' }) {
  const names = text('weekdays').split(',');
  return html`<fieldset class="days" aria-describedby=${wrong ? `${id}-error` : null}><legend>${say('when.days')}</legend>
    ${wrong && html`<p class="wrong" id=${`${id}-error`}>${wrong}</p>`}
    ${DAYS.map((day) => html`<label key=${day} class="choice"><input type="checkbox" checked=${((days >> day) & 1) === 1} onChange=${() => onDays(days ^ (1 << day))} />
      <span>${names[day]}</span></label>`)}</fieldset>`;
}

export function Hours({ when, onWhen, wrong, id = 'hours' }) {
  const radio = (whole) => html`<label class="choice"><input type="radio" name=${id} checked=${when.whole === whole} onChange=${() => onWhen({ ...when, whole })} />
    <span>${say(whole ? 'when.hours.all' : 'when.hours.some')}</span></label>`;
  return html`<fieldset class="hours"><legend>${say('when.hours')}</legend><div class="row">${radio(true)}${radio(false)}</div>
    ${!when.whole && html`<div class="row"><${Field} id=${`${id}-from`} type="time" label=${say('when.hours.from')} error=${wrong} value=${when.from} onInput=${(from) => onWhen({ ...when, from })} />
      <${Field} id=${`${id}-to`} type="time" label=${say('when.hours.to')} wrong=${Boolean(wrong)} value=${when.to} onInput=${(to) => onWhen({ ...when, to })} /></div>
      ${minutesOf(when.from) > minutesOf(when.to) && html`<p class="note">${say('when.hours.night')}</p>`}`}</fieldset>`;
}

/* wrong: [field, words] of wireOf. */
export function When({ when, onWhen, others, wrong, children }) {
  const error = (field) => wrong?.[0] === field && text(wrong[1]);
  const chosen = { first: when.first, last: when.open ? 0 : when.last, open: when.open };
  const choose = (next) => onWhen({ ...when, ...next, open: false });
  return html`<div class="when"><div><${Calendar} chosen=${chosen} onChoose=${choose} others=${others} label=${text('calendar')} />
      <p class="note">${say('calendar.help')}</p></div>
    <div class="set"><dl><div><dt>${say('calendar.first')}</dt><dd aria-live="polite">${date(startOf(when.first))}</dd></div>
        <div><dt>${say('calendar.last')}</dt><dd aria-live="polite">${when.open ? say('when.open') : when.last ? date(startOf(when.last)) : say('when.choose')}</dd></div></dl>
      ${error('period') && html`<p class="wrong" role="alert">${error('period')}</p>`}
      <label class="choice"><input type="checkbox" checked=${when.open} onChange=${() => onWhen({ ...when, open: !when.open, last: when.open ? when.last || when.first + 13 : 0 })} /><span>${say('when.noend')}</span></label>
      <${Days} days=${when.days} onDays=${(days) => onWhen({ ...when, days })} wrong=${error('days')} />
      <${Hours} when=${when} onWhen=${onWhen} wrong=${error('hours')} />${children}</div></div>`;
}
