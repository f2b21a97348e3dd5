/* The clinic's hours: the present session ended or gone on with, closed days, half days. */
import { html, useEffect, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { date, now, pad, wall } from './when.js';

const KINDS = ['am', 'pm', 'evening'];
const NONE = [null, null, null];
const DAY_END = 1440;

const clockOf = (minutes) => `${Math.floor(minutes / 60)}:${pad(minutes % 60)}`;
const dayMs = (day) => Date.parse(`${day}T00:00:00+09:00`);
const today = () => { const w = wall(now()); return `${w.year}-${pad(w.month)}-${pad(w.day)}`; };

/* A clinic without hours is open whenever its kiosk is on; with a closed day it needs a week. */
export function hoursOf(opening) {
  if (opening.hours) return opening.hours;
  const day = [[0, opening.pm_from], [opening.pm_from, opening.evening_from], [opening.evening_from, DAY_END]];
  return { week: Array.from({ length: 7 }, () => day), closed: [], exceptions: [] };
}

/* The hours with a day closed, wholly or in one part. */
export function withClosed(hours, day, part) {
  const closed = (hours.closed ?? []).filter((one) => one !== day);
  const exceptions = (hours.exceptions ?? []).filter((one) => one.date !== day);
  if (part === 'all') return { ...hours, closed: [...closed, day].sort(), exceptions };
  const before = (hours.exceptions ?? []).find((one) => one.date === day)?.spans ?? hours.week[wall(dayMs(day)).weekday];
  const spans = before.map((span, i) => (KINDS[i] === part ? null : span));
  return { ...hours, closed, exceptions: [...exceptions, { date: day, spans }].sort((a, b) => (a.date < b.date ? -1 : 1)) };
}

export function withoutDay(hours, day) {
  return { ...hours, closed: (hours.closed ?? []).filter((one) => one !== day), exceptions: (hours.exceptions ?? []).filter((one) => one.date !== day) };
}

const spansText = (spans) => spans.map((span) => (span ? text('opening.span', { from: clockOf(span[0]), to: clockOf(span[1]) }) : '')).filter(Boolean).join(text('note.join')) || text('opening.closed');

function Days({ hours, busy, onRemove }) {
  const rows = [...(hours.closed ?? []).map((day) => ({ day, words: text('opening.closed') })),
    ...(hours.exceptions ?? []).map(({ date: day, spans }) => ({ day, words: spansText(spans) }))].filter(({ day }) => day >= today()).sort((a, b) => (a.day < b.day ? -1 : 1));
  if (!rows.length) return html`<p>${say('opening.none')}</p>`;
  return html`<ul class="days">${rows.map(({ day, words }) => html`<li key=${day}><b>${date(dayMs(day))}</b> <span>${words}</span>
    <button type="button" class="button small" aria-disabled=${busy ? 'true' : null} onClick=${() => !busy && onRemove(day)}>
      <span class="hear">${date(dayMs(day))} </span>${say('opening.remove')}</button></li>`)}</ul>`;
}

function Week({ hours }) {
  const days = text('weekdays').split(',');
  return html`<table class="keylist"><caption>${say('opening.week')}</caption><thead><tr><th scope="col">${say('opening.weekday')}</th>
    ${KINDS.map((kind) => html`<th key=${kind} scope="col">${say(`session.${kind}`)}</th>`)}</tr></thead>
    <tbody>${[1, 2, 3, 4, 5, 6, 0].map((day) => html`<tr key=${day}><th scope="row">${days[day]}</th>
      ${(hours.week[day] ?? NONE).map((span, i) => html`<td key=${i}>${span ? text('opening.span', { from: clockOf(span[0]), to: clockOf(span[1]) }) : text('opening.closed')}</td>`)}</tr>`)}</tbody></table>`;
}

function Session({ opening, busy, onSession }) {
  const [sure, ask] = useState(false);
  if (!opening.session) return null;
  const kind = text(`session.${opening.session.kind}`);
  if (opening.ended) {
    return html`<p><b>${say('opening.ended', { kind })}</b></p>${opening.may_reopen ? html`<p><button type="button" class="button" aria-disabled=${busy ? 'true' : null}
      onClick=${() => !busy && onSession(true)}>${say('opening.go_on', { kind })}</button></p>` : html`<p class="note">${say('opening.no_return')}</p>`}`;
  }
  return html`<p>${say('opening.running', { kind })}</p>
    <p>${sure ? html`<span>${say(opening.may_reopen ? 'opening.end.sure' : 'opening.end.sure.last', { kind })} </span>
      <button type="button" class="button" onClick=${() => ask(false)}>${say('opening.end.no')}</button>
      <button type="button" class="button destroy" aria-disabled=${busy ? 'true' : null} onClick=${() => !busy && onSession(false)}>${say('opening.end.yes', { kind })}</button>`
    : html`<button type="button" class="button danger" onClick=${() => ask(true)}>${say('opening.end', { kind })}</button>`}</p>`;
}

export function Opening({ site, onClose, onDone }) {
  const [opening, setOpening] = useState(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const [day, setDay] = useState('');
  const [part, setPart] = useState('all');
  const path = `/api/v1/sites/${encodeURIComponent(site)}/opening`;
  const take = async (ask, did) => {
    setBusy(true);
    const { ok, data } = await ask;
    setBusy(false);
    setWrong(ok ? '' : text('opening.failed'));
    if (!ok) return;
    setOpening(data);
    if (did) onDone(text(did));
  };
  useEffect(() => { take(call('GET', path)); }, [site]);
  const change = (hours, did) => take(call('PUT', path, { hours }), did);
  const close = () => {
    if (!day || day < today()) { setWrong(text('opening.day.wrong')); return; }
    change(withClosed(hoursOf(opening), day, part), 'did.opening');
    setDay('');
  };
  return html`<${Dialog} title=${say('opening')} safe=${say('opening.done')} onClose=${onClose} wide>
    ${wrong && html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${wrong}</strong></div></div>`}
    ${!opening ? html`<div class="bars"><i></i><i></i><i></i></div>` : html`
    <section><h3>${say('opening.session')}</h3><${Session} opening=${opening} busy=${busy}
      onSession=${(open) => take(call('PUT', `${path}/session`, { open }), open ? 'did.went_on' : 'did.ended')} /></section>
    <section><h3>${say('opening.days')}</h3><${Days} hours=${hoursOf(opening)} busy=${busy} onRemove=${(one) => change(withoutDay(hoursOf(opening), one), 'did.opening')} />
      <div class="field"><label for="day">${say('opening.day')}</label><input id="day" type="date" min=${today()} value=${day} onInput=${(e) => setDay(e.target.value)} /></div>
      <fieldset><legend>${say('opening.part')}</legend>${['all', ...KINDS].map((kind) => html`<label key=${kind} class="choice"><input type="radio" name="part" checked=${part === kind}
        onChange=${() => setPart(kind)} /><span>${say(`opening.part.${kind}`)}</span></label>`)}</fieldset>
      <p><button type="button" class="button second" aria-disabled=${busy ? 'true' : null} onClick=${() => !busy && close()}>${say('opening.add')}</button></p></section>
    <section><${Week} hours=${hoursOf(opening)} /></section>`}<//>`;
}
