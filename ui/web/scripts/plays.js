/* What was shown where, and what is planned: advertisers may be told (terms 21.2). */
import { html, useEffect, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { Field } from './field.js';
import { digits, now, wall } from './when.js';
import { Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { dayOf, partsOf, startOf } from './month.js';

addShapes({ open: html`<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.6" />`, save: 'M12 4v11M7 11l5 5 5-5M4 20h16' });

const DAYS = 14;
const iso = (day) => { const p = partsOf(day); return `${p.year}-${String(p.month).padStart(2, '0')}-${String(p.day).padStart(2, '0')}`; };
const msOf = (words) => Date.parse(`${words}T00:00:00+09:00`);
const HEADS = ['film', 'site', 'planned', 'shown', 'substituted', 'time', 'proof'];
const RIGHT = ['shown', 'substituted', 'time'];

function span(ms) {
  const minutes = Math.round(ms / 60000);
  return text('plays.span', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

const day = (ms) => { const w = wall(ms); return `${w.month}/${w.day}`; };

/* A row: a film of a programme of a site; planned counts its places in the table. */
function Row({ row }) {
  const cell = (head) => text(`plays.${head}`);
  const plan = !row.planned ? 'plays.unplanned' : row.approved ? 'plays.approved' : row.period_to > now() ? 'plays.open' : 'plays.unapproved';
  return html`<tr role="row"><th role="rowheader" scope="row">${row.title}<span class="note">${say(`kind.${row.kind}`)}</span></th><td role="cell" data-head=${cell('site')}>${row.clinic_name}<span class="note">${say('clinic_no', { no: row.clinic_no })}</span></td>
    <td role="cell" data-head=${cell('planned')}>${row.period_from > 0 && html`<b class="number">${say('plays.period', { from: day(row.period_from), to: day(row.period_to - 1) })}</b> `}${row.planned > 0 && say('plays.places', { n: row.planned })}<span class="note">${say(plan)}</span></td>
    <td role="cell" class="right" data-head=${cell('shown')}><span class="number">${row.shown}</span></td><td role="cell" class="right" data-head=${cell('substituted')}><span class="number">${row.substituted}</span></td>
    <td role="cell" class="right" data-head=${cell('time')}>${span(row.shown_ms)}${row.last > 0 && html`<span class="note">${say('plays.last', { time: `${day(row.last)} ${digits(row.last)}` })}</span>`}</td>
    <td role="cell" data-head=${cell('proof')}><span class="shape"><${Icon} name=${row.broken ? 'warning' : row.shown ? 'check' : 'open'} size="20" />${say(row.broken ? 'plays.broken' : row.shown ? 'plays.whole' : 'plays.none_yet', { n: row.broken })}</span></td></tr>`;
}

export function Plays({ sites }) {
  const films = useLoaded('/api/v1/films');
  const [ask, set] = useState({ film: '', site: '', from: iso(dayOf(now()) - DAYS), to: iso(dayOf(now()) + DAYS) });
  const wrong = !(msOf(ask.from) <= msOf(ask.to));
  const query = new URLSearchParams({ ...(ask.film && { film: ask.film }), ...(ask.site && { site: ask.site }), from: String(msOf(ask.from)), to: String(startOf(dayOf(msOf(ask.to)) + 1)) });
  const path = wrong ? '' : `/api/v1/plays?${query}`;
  const { data, failed, again } = useLoaded(path);
  const [rows, keepRows] = useState(null); /* the last answer stays until the next one is here */
  useEffect(() => { if (data) keepRows(data); }, [data]);
  const field = (key) => (value) => set({ ...ask, [key]: value });
  const choices = (all, list, label) => [html`<option key="" value="">${text(all)}</option>`, ...list.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)];
  return html`<div class="head"><div><${Heading}>${say('plays.title')}<//><p>${say('plays.lead')}</p></div>
      <div class="acts">${path && html`<a class="button" href=${`${path}&format=csv`} download><${Icon} name="save" size="20" />${say('csv')}</a>`}</div></div>
    <form class="panel asks" onSubmit=${(e) => e.preventDefault()}><div class="row">
      <${Field} id="film" label=${text('plays.film')} value=${ask.film} onInput=${field('film')}>${choices('plays.films.all', (films.data?.films ?? []).map((film) => [film.sha256, film.title]))}<//>
      <${Field} id="site" label=${text('plays.site')} value=${ask.site} onInput=${field('site')}>${choices('plays.sites.all', sites.map((site) => [site.site, site.name]))}<//>
      <${Field} id="from" type="date" label=${text('plays.from')} error=${wrong && text('plays.wrong')} value=${ask.from} onInput=${field('from')} />
      <${Field} id="to" type="date" label=${text('plays.to')} wrong=${wrong} value=${ask.to} onInput=${field('to')} /></div></form>
    ${!rows ? html`<${Waiting} failed=${failed} again=${again} />` : rows.rows.length ? html`<table class="rows plays" role="table"><caption class="hear">${say('plays.title')}</caption>
      <thead role="rowgroup"><tr role="row">${HEADS.map((head) => html`<th key=${head} role="columnheader" scope="col" class=${RIGHT.includes(head) ? 'right' : ''}>${say(`plays.${head}`)}</th>`)}</tr></thead>
      <tbody role="rowgroup">${rows.rows.map((row) => html`<${Row} key=${`${row.sha256}${row.site}${row.programme}`} row=${row} />`)}</tbody></table>${rows.more && html`<p>${say('plays.more')}</p>`}` : html`<p class="panel empty">${say('plays.none')}</p>`}`;
}
