/* A month to choose a broadcast period on. One stop for Tab; arrows, Home, End, PageUp and PageDown move,
 * Enter or Space chooses. What is chosen is said by words in the cell, a filled ground and an edge below. */
import { html, useLayoutEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { date, now } from './when.js';
import { dayOf, firstOf, moved, onDay, partsOf, press, startOf, weekday, weeks } from './month.js';

addShapes({ before: 'M15 5l-7 7 7 7', after: 'M9 5l7 7-7 7' });

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const MONTHS_MAX = 24; /* ahead */

function Cell({ day, today, at, chosen, others, onPress, onAt, cell }) {
  const on = others.filter(({ content }) => onDay(content, day));
  const within = chosen.first && day >= chosen.first && (chosen.open || (chosen.last && day <= chosen.last));
  const end = day === chosen.first ? 'first' : day === chosen.last ? 'last' : '';
  const past = day < today;
  const classes = [within ? 'within' : '', end && 'end', past ? 'past' : '', day === today ? 'today' : ''].filter(Boolean).join(' ');
  return html`<td role="gridcell" class=${classes} tabindex=${day === at ? 0 : -1} ref=${day === at ? cell : null} data-day=${day}
      aria-selected=${String(Boolean(within || end))} aria-disabled=${past ? 'true' : null}
      onFocus=${() => onAt(day)} onClick=${() => { if (!past) onPress(day); }}>
    <span class="hear">${date(startOf(day))} </span><span class="number" aria-hidden="true">${partsOf(day).day}</span>${end && html`<b>${say(`calendar.${day === chosen.first && day === chosen.last ? 'only' : end}`)}</b>`}
    ${on.length > 0 && html`<span class="hear"> ${say('calendar.on', { what: on.map(({ content }) => content.title).join(text('comma')) })}</span><span class="marks" aria-hidden="true">${on.map(({ number }) => html`<i key=${number}>${number}</i>`)}</span>`}</td>`;
}

/* chosen: { first, last, open } in days (open: without an end); others: [{ number, content }]. */
export function Calendar({ chosen, onChoose, others = [], label }) {
  const today = dayOf(now());
  const [at, setAt] = useState(Math.max(chosen.first || today, today));
  const [[year, month], show] = useState(() => { const p = partsOf(at); return [p.year, p.month]; });
  const cell = useRef(null);
  const moving = useRef(false);
  const latest = useRef({ at, chosen }); /* keys may come faster than a busy page draws */
  latest.current = { at, chosen };
  const choose = (day) => {
    const next = press(latest.current.chosen, day);
    latest.current.chosen = next;
    onChoose(next);
  };
  /* Before the next key: it must find a day with the focus, not one that is gone. */
  useLayoutEffect(() => { if (moving.current) { moving.current = false; cell.current?.focus(); } }, [at, year, month]);
  useLayoutEffect(() => { /* another content has been picked, or a date typed */
    if (!chosen.first) return;
    const p = partsOf(Math.max(chosen.first, today));
    setAt(Math.max(chosen.first, today));
    show([p.year, p.month]);
  }, [chosen.first]);
  const to = (day) => {
    const next = Math.max(today, Math.min(day, today + MONTHS_MAX * 31));
    const p = partsOf(next);
    moving.current = true;
    latest.current.at = next;
    setAt(next);
    show([p.year, p.month]);
  };
  const turn = (by) => {
    const [y, m] = moved(year, month, by);
    show([y, m]);
    setAt(Math.max(today, firstOf(y, m)));
  };
  const keys = (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const { at: standing } = latest.current;
    if (STEPS[e.key]) to(standing + STEPS[e.key]);
    else if (e.key === 'Home') to(standing - weekday(standing));
    else if (e.key === 'End') to(standing + 6 - weekday(standing));
    else if (e.key === 'PageUp' || e.key === 'PageDown') to(standing + (e.key === 'PageUp' ? -28 : 28));
    else if (e.key === 'Enter' || e.key === ' ') choose(standing);
    else return;
    e.preventDefault();
  };
  const here = partsOf(today);
  const first = year * 12 + month <= here.year * 12 + here.month;
  const days = text('weekdays').split(',');
  const shownAt = weeks(year, month).flat().includes(at) ? at : Math.max(today, firstOf(year, month));
  return html`<div class="calendar"><div class="turn"><h3 aria-live="polite">${say('calendar.month', { year, month })}</h3>
      <button type="button" class="button" aria-label=${text('calendar.before')} aria-disabled=${first ? 'true' : null} onClick=${() => { if (!first) turn(-1); }}><${Icon} name="before" size="20" /></button>
      <button type="button" class="button" aria-label=${text('calendar.after')} onClick=${() => turn(1)}><${Icon} name="after" size="20" /></button></div>
    <table role="grid" aria-label=${label} onKeyDown=${keys}><thead><tr>${days.map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr></thead>
      <tbody>${weeks(year, month).map((week) => html`<tr key=${week.find(Boolean)}>${week.map((day, i) => (day
        ? html`<${Cell} key=${day} day=${day} today=${today} at=${shownAt} chosen=${chosen} others=${others} cell=${cell} onAt=${setAt} onPress=${choose} />`
        : html`<td key=${-i - 1} class="other"></td>`))}</tr>`)}</tbody></table></div>`;
}
