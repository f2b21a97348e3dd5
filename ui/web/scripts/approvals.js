/* Where every site stands with a programme: those that are late first. */
import { html, useEffect, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { date, digits, minutesSince, now, wall } from './when.js';
import { Waiting, useLoaded } from './load.js';
import { Heading, Told, address, go } from './shell.js';
import { daysLeft } from './plan.js';
import { period, shortName, unfit } from './names.js';
import { csv, saveText } from './save.js';

const AGAIN_MS = 60000;
const PAGE = 20;
const STEPS = ['distributed', 'downloaded', 'confirmed', 'approved', 'playing'];
const STATES = ['missed', 'today', 'open', 'approved', 'draft'];
const SHAPES = { missed: 'cross', today: 'alert', open: 'open', approved: 'check', draft: 'todo' };

addShapes({
  cross: 'M6 6l12 12M18 6 6 18', alert: html`<path d="M12 3 22 21H2Z" fill="currentColor" />`, calendar: 'M4 6h16v14H4ZM4 10h16M8 3v4M16 3v4',
  todo: html`<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2.6" stroke-dasharray="3.2 3.08" />`,
  open: html`<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.6" />`, save: 'M12 4v11M7 11l5 5 5-5M4 20h16',
});

export function stateOf(row) {
  if (row.approved) return 'approved';
  if (!row.distributed) return 'draft';
  if (now() >= row.deadline) return 'missed';
  return daysLeft(row, now()) <= 0 ? 'today' : 'open';
}

/* Late ones first; among equals the one with the least time left. */
export const order = (a, b) => STATES.indexOf(stateOf(a)) - STATES.indexOf(stateOf(b)) || a.deadline - b.deadline || (a.clinic_name < b.clinic_name ? -1 : 1);

const every = (row, test) => row.devices.length > 0 && row.devices.every(test);
const at = (...states) => (one) => states.includes(one.state);
const steps = (row) => [Boolean(row.distributed), every(row, at('downloaded', 'confirmed', 'playing')), every(row, at('confirmed', 'playing')), Boolean(row.approved), row.devices.some(at('playing'))];

function stepsSaid(row) {
  if (row.approved) return text('step.said.approved', { date: date(row.approved), time: digits(row.approved), who: row.approved_by });
  if (!row.distributed) return text('step.said.draft');
  if (!row.devices.length) return text('step.said.none');
  const late = row.devices.filter((one) => !['downloaded', 'confirmed', 'playing'].includes(one.state));
  return late.length ? text('step.said.loading', { n: late.length, all: row.devices.length }) : text('step.said.waiting');
}

function Steps({ row }) {
  const done = steps(row);
  const stuck = row.devices.filter((one) => unfit(one)).length;
  return html`<span class="dots" aria-hidden="true">${done.map((on, i) => html`<i key=${i} class=${on ? 'on' : ''}></i>`)}</span>
    <span class="hear">${STEPS.filter((_, i) => done[i]).map((step) => text(`step.${step}`)).join(text('comma'))}</span><span class="note">${stepsSaid(row)}</span>
    ${stuck > 0 && html`<b class="unfit"><${Icon} name="alert" size="16" />${say('step.said.stuck', { n: stuck })}</b>`}`;
}

function left(row) {
  const state = stateOf(row);
  if (state === 'approved' || state === 'draft') return '—';
  const minutes = Math.abs(Math.floor((row.deadline - now()) / 60000));
  const span = minutes >= 2880 ? text('left.days', { n: Math.floor(minutes / 1440) }) : text('left.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return state === 'missed' ? text('left.over', { span }) : span;
}

const short = (ms) => { const w = wall(ms); return `${w.month}/${w.day} ${digits(ms)}`; };

export function heard(row) {
  const last = Math.max(0, ...row.devices.map((one) => one.at ?? 0));
  if (!last) return text('heard.never');
  const minutes = minutesSince(last);
  return minutes < 2 ? text('heard.now') : minutes < 120 ? text('heard.minutes', { n: minutes }) : minutes < 2880 ? text('heard.hours', { n: Math.floor(minutes / 60) }) : text('heard.days', { n: Math.floor(minutes / 1440) });
}

function Chip({ state }) {
  return html`<span class=${`state ${state}`}><${Icon} name=${SHAPES[state]} size="20" /><b>${say(`state.${state}`)}</b></span>`;
}

function Devices({ row }) {
  return html`<tr role="row" class="tray"><td role="cell" colspan="7">${row.devices.length ? html`<ul>${row.devices.map((one) => html`<li key=${one.device}><b>${one.name}</b>
    <span>${say(`device.${one.state}`)}</span>${one.files > 0 && html`<span>${say('tray.files', { n: one.present, all: one.files })}</span>`}${one.playing && html`<span>${say('tray.playing', { title: one.playing })}</span>`}
    <span class="note">${one.at ? say('tray.at', { time: short(one.at) }) : say('heard.never')}</span>${unfit(one) && html`<b class="unfit"><${Icon} name="alert" size="20" />${unfit(one)}</b>`}</li>`)}</ul>` : say('tray.none')}</td></tr>`;
}

function Row({ row, open, onOpen }) {
  const cell = (head) => text(`approvals.${head}`);
  return html`<tr role="row" data-site=${row.site}><td role="cell"><${Chip} state=${stateOf(row)} /></td><th role="rowheader" scope="row">${row.clinic_name}<span class="note">${say('clinic_no', { no: row.clinic_no })}</span></th>
    <td role="cell" data-head=${cell('steps')}><${Steps} row=${row} /></td><td role="cell" class="number-cell" data-head=${cell('deadline')}>${row.deadline ? short(row.deadline) : ''}</td><td role="cell" class="right" data-head=${cell('left')}><b>${left(row)}</b></td>
    <td role="cell" data-head=${cell('heard')}>${heard(row)}</td>
    <td role="cell" class="act"><button type="button" class="button" aria-expanded=${String(open)} aria-label=${text('approvals.devices.of', { name: row.clinic_name })} onClick=${onOpen}>${say('approvals.devices')}</button></td></tr>
    ${open && html`<${Devices} row=${row} />`}`;
}

const HEADS = ['state', 'site', 'steps', 'deadline', 'left', 'heard', 'act'];

function save(programme, rows) {
  const time = (ms) => (ms ? `${date(ms)} ${digits(ms)}` : '');
  saveText(text('approvals.file', { what: shortName(programme) }), csv([[...['site', 'clinic_no', 'state', 'deadline', 'approved', 'by', 'heard'].map((head) => text(`approvals.csv.${head}`))],
    ...rows.map((row) => [row.clinic_name, row.clinic_no, text(`state.${stateOf(row)}`), time(row.deadline), time(row.approved), row.approved_by, heard(row)])]), 'text/csv');
}

function Table({ programme, rows, programmes }) {
  const [only, setOnly] = useState('');
  const [page, turn] = useState(0);
  const [open, setOpen] = useState('');
  const sorted = [...rows].sort(order);
  const count = (state) => rows.filter((row) => stateOf(row) === state).length;
  const kept = only ? sorted.filter((row) => stateOf(row) === only) : sorted;
  const shown = kept.slice(page * PAGE, (page + 1) * PAGE);
  useEffect(() => { turn(0); }, [only]);
  return html`<div class="head"><div><${Heading}>${say('approvals.title')}<//><p>${say('approvals.of', { what: shortName(programme), period: period(programme) })}</p></div>
      <div class="acts"><label class="button pick-button"><${Icon} name="calendar" size="20" /><span>${say('approvals.pick')}</span><select aria-label=${text('approvals.pick')} value=${programme.programme} onChange=${(e) => go('approvals', e.target.value)}>
        ${programmes.map((one) => html`<option key=${one.programme} value=${one.programme}>${shortName(one)}</option>`)}</select></label>
      <button type="button" class="button" onClick=${() => save(programme, sorted)}><${Icon} name="save" size="20" />${say('csv')}</button></div></div>
    <${Told} /><div class="tallies" role="group" aria-label=${text('approvals.filter')}>${STATES.map((state) => html`<button key=${state} type="button" class=${`tile ${state}`} aria-pressed=${String(only === state)} onClick=${() => setOnly(only === state ? '' : state)}>
      <span>${say(`tile.${state}`)}</span><span><b class="number">${count(state)}</b> ${say('sites.unit')}</span></button>`)}</div>
    <table class="rows approvals" role="table"><caption class="hear">${say('approvals.caption')}</caption><thead role="rowgroup"><tr role="row">${HEADS.map((head) => html`<th key=${head} role="columnheader" scope="col" class=${head === 'act' ? 'act' : head === 'left' ? 'right' : ''}>${say(`approvals.${head}`)}</th>`)}</tr></thead>
      <tbody role="rowgroup">${shown.map((row) => html`<${Row} key=${row.site} row=${row} open=${open === row.site} onOpen=${() => setOpen(open === row.site ? '' : row.site)} />`)}</tbody></table>
    ${shown.length === 0 && html`<p class="panel">${say('approvals.empty')}</p>`}
    <div class="pages"><p class="note" role="status">${kept.length > 0 && say('approvals.range', { all: kept.length, from: page * PAGE + 1, to: page * PAGE + shown.length })}</p>
      ${kept.length > PAGE && html`<div class="row"><button type="button" class="button" aria-disabled=${page === 0 ? 'true' : null} onClick=${() => { if (page > 0) turn(page - 1); }}>${say('pages.before')}</button>
        <button type="button" class="button" aria-disabled=${(page + 1) * PAGE >= kept.length ? 'true' : null} onClick=${() => { if ((page + 1) * PAGE < kept.length) turn(page + 1); }}>${say('pages.after')}</button></div>`}</div>`;
}

/* The one whose deadline comes next, else the latest. */
const first = (programmes) => programmes.filter((one) => one.deadline > now()).sort((a, b) => a.deadline - b.deadline)[0] ?? programmes[0];

/* Sites that it was not distributed to stand there too: their deadline has not begun. */
function everySite(programme, rows, sites) {
  if (programme.site) return rows;
  const known = new Set(rows.map((row) => row.site));
  return [...rows, ...sites.filter((one) => !known.has(one.site)).map((one) => ({ site: one.site, clinic_no: one.clinic_no, clinic_name: one.name, distributed: 0, deadline: 0, approved: 0, approved_by: '', devices: [] }))];
}

export function Approvals({ id, all }) {
  const list = useLoaded('/api/v1/programmes', AGAIN_MS);
  const distributed = list.data?.programmes.filter((one) => one.sites > 0) ?? [];
  const shown = distributed.find((one) => one.programme === id) ?? first(distributed);
  const sites = useLoaded(shown ? `/api/v1/programmes/${shown.programme}/sites` : '', AGAIN_MS);
  if (!list.data || (shown && !sites.data)) return html`<${Waiting} failed=${list.failed || sites.failed} again=${() => { list.again(); sites.again(); }} />`;
  if (!shown) return html`<div class="head"><${Heading}>${say('approvals.title')}<//></div><div class="panel empty"><p><b>${say('approvals.none')}</b></p><p>${say('approvals.none.help')}</p><p><a class="button second" href=${address('programmes')}>${say('tab.programmes')}</a></p></div>`;
  return html`<${Table} programme=${shown} rows=${everySite(shown, sites.data.sites, all)} programmes=${distributed} />`;
}
