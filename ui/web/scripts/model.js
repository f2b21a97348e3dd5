/* The contractor checks a model programme, swaps films where wanted, and approves it, which is an act of
 * its own (terms 20). */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { date, digits, minutesSince, now, wall } from './when.js';
import { keep, kept } from './kept.js';
import { daysLeft, firstToSee, mark, provided, round, standing, toApprove, total, urgent, whole } from './plan.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Films, Gallery } from './films.js';
import { Swap } from './swap.js';
import { name, period, shortName, unfit } from './names.js';
import { Legend, Ribbon, minutes } from './ribbon.js';
import { saveText } from './save.js';

const AGAIN_MS = 60000;
const SEEN_MAX = 300;

addShapes({
  calendar: 'M4 6h16v14H4ZM4 10h16M8 3v4M16 3v4',
  missed: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 8.5l7 7M15.5 8.5l-7 7',
  coming: html`<g fill="currentColor"><circle cx="5" cy="12" r="2.2" /><circle cx="12" cy="12" r="2.2" /><circle cx="19" cy="12" r="2.2" /></g>`,
  here: html`<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2.6" /><circle cx="12" cy="12" r="4.5" fill="currentColor" />`,
  open: html`<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2.2" />`,
  full: html`<circle cx="12" cy="12" r="11" fill="currentColor" /><path d="M6.5 12.5l4 4 7-8" fill="none" stroke="var(--on-brand)" stroke-width="2.5" />`,
});

const STEPS = ['come', 'see', 'swap', 'approve'];

function Steps({ phase, allSeen }) {
  if (phase === 'missed') return null;
  const at = { draft: 0, open: allSeen ? 3 : 1, approved: 4 }[phase];
  return html`<ol class="steps" aria-label=${text('steps')}>${STEPS.map((step, i) => {
    const [icon, words] = i < at ? ['full', 'step.done'] : i === at ? ['here', 'step.now'] : ['open', 'step.todo'];
    return html`<li key=${step} class=${i <= at ? 'on' : ''} aria-current=${i === at ? 'step' : null}><${Icon} name=${icon} size="26" />
      <span>${say(`step.${step}`)}<span class="hear"> ${say(words)}</span></span></li>`;
  })}</ol>`;
}

function Deadline({ programme }) {
  const days = daysLeft(programme, now());
  const hours = Math.floor((programme.deadline - now()) / 3600000);
  const w = wall(programme.deadline);
  const left = days >= 1 ? say('deadline.days', { n: days }) : hours >= 1 ? say('deadline.hours', { n: hours }) : say('deadline.minutes');
  return html`<section class=${`deadline ${urgent(programme, now()) ? 'now' : ''}`}><h2>${say('deadline')}</h2>
    <p class="when"><b class="number">${say('deadline.date', w)}</b><b>${say('deadline.weekday', { weekday: text('weekdays').split(',')[w.weekday] })}</b>
      <b class="number">${digits(programme.deadline)}</b></p><p><b>${left}</b></p></section>`;
}

function Consequence() {
  return html`<section class="panel"><h2>${say('else')}</h2><p>${say('else.1')}<b>${say('else.2')}</b>${say('else.3')}</p></section>`;
}

function Rounds({ items, phase }) {
  const kinds = new Set([...round(items, true), ...(phase === 'approved' ? [] : round(items, false))].map((part) => part.kind));
  if (phase === 'missed') for (const kind of ['health', 'advertisement']) kinds.delete(kind);
  return html`<section class="panel rounds"><h2>${phase === 'missed' ? say('round.now')
    : say('round', minutes(total(items)))}</h2>
    ${phase !== 'missed' && html`<${Ribbon} items=${items} approved label=${phase === 'approved' ? null : say('round.approved')} />`}
    ${phase !== 'approved' && html`<${Ribbon} items=${items} label=${phase === 'missed' ? null : say('round.unapproved')} />`}
    <${Legend} kinds=${kinds} /></section>`;
}

function Approve({ items, seen, onAsk, problem, taken }) {
  const all = items.length;
  return html`<section class="panel approve"><${Problem} of=${problem} />
    ${taken && html`<p class="taken" role="status"><b>${say('taken')}</b></p>`}
    <p>${seen < all ? say('approve.seen', { all, n: seen }, { n: html`<b>${seen}</b>` }) : say('approve.seen.all')}${say('approve.swap')}</p>
    <button type="button" class="button first wide" onClick=${onAsk}>${say('approve')}</button></section>`;
}

function Ask({ programme, items, seen, onClose, onAct }) {
  const [busy, setBusy] = useState(false);
  const all = items.length;
  const values = { from: date(Math.max(programme.from, now())), n: items.filter(provided).length, all };
  return html`<${Dialog} title=${say('approve.title', { period: name(programme) })} safe=${say('approve.no')} busy=${busy}
    act=${say(busy ? 'approve.busy' : 'approve.yes')} onClose=${onClose} onAct=${async () => { setBusy(true); await onAct(); }}>
    <p>${say('approve.text', values)}</p>${seen < all && html`<p><b>${say('approve.text.unseen', { n: all - seen })}</b></p>`}
    <p>${say('approve.final')}</p><//>`;
}

/* What was approved, by whom, when: for the contractor's own files. */
function receipt(programme, items) {
  const at = { date: date(programme.approved), time: digits(programme.approved), who: programme.approved_by };
  return [text('receipt.title', { what: name(programme) }), programme.clinic_name, period(programme), text('receipt.by', at), '',
    ...items.map((item, i) => `${i + 1}. ${item.title} (${text(`kind.${item.kind}`)})${item.first ? ` ${text('swapped')}` : ''}`), '',
    text('receipt.id', { id: programme.id, version: programme.version })].join('\r\n');
}

/* What has become of it, said plainly. */
function Outcome({ programme, items, stand }) {
  const when = { date: date(programme.approved), time: digits(programme.approved), who: programme.approved_by, from: date(programme.from), to: date(programme.to - 1) };
  if (stand.phase === 'approved') {
    const key = stand.over ? 'approved.ended' : stand.running ? 'approved.running' : 'approved.by';
    const swapped = items.filter((item) => item.first).length;
    return html`<div class="outcome good"><${Icon} name="full" size="40" /><div role="status"><strong>${say('approved')}</strong><p>${say(key, when)}${swapped > 0 && say('approved.swapped', { n: swapped })}</p></div>
      <button type="button" class="button" onClick=${() => saveText(text('receipt.file', { what: name(programme) }), receipt(programme, items))}>${say('receipt')}</button></div>`;
  }
  const at = { date: date(programme.deadline), time: digits(programme.deadline), period: period(programme) };
  if (stand.phase === 'missed') {
    return html`<div class="outcome bad"><${Icon} name="missed" size="40" /><div><strong>${say('missed', at)}</strong><p>${say(stand.over ? 'missed.ended.help' : 'missed.help', at)}</p></div></div>`;
  }
  if (stand.phase === 'draft') {
    return html`<div class="banner info"><${Icon} name="calendar" /><div><strong>${say('draft')}</strong><p>${say('draft.help', at)}</p></div></div>`;
  }
  return null;
}

function NextOne({ programmes, shown, onPick }) {
  const next = toApprove(programmes, now()).find((one) => one.id !== shown.id);
  if (!next) return null;
  return html`<div class="banner info next-one"><${Icon} name="calendar" /><div>
      <strong>${say('next', { what: shortName(next), date: date(next.deadline), time: digits(next.deadline) })}</strong><p>${say('next.help')}</p></div>
    <button type="button" class="button first" onClick=${() => onPick(next.id)}>${say('next.open', { what: shortName(next) })}</button></div>`;
}

function since(ms) {
  const minutes = minutesSince(ms);
  return minutes < 2 ? text('device.just') : minutes < 120 ? text('device.minutes', { n: minutes }) : minutes < 2880 ? text('device.hours', { n: Math.floor(minutes / 60) }) : date(ms);
}

const REACHED = ['downloading', 'downloaded', 'confirmed', 'playing']; /* has this version */

function Files({ device }) {
  if (!REACHED.includes(device.state)) return unfit(device) || say(device.state === 'waiting' ? 'device.waiting' : 'device.unknown');
  const all = device.present >= device.files;
  return html`<span class="shape"><${Icon} name=${all ? 'check' : 'coming'} size="22" /><b class="number">${say('device.files.of', { n: device.present, all: device.files })}</b></span>${!all && html`<span class="note">${unfit(device) || say('device.night')}</span>`}`;
}

/* Each kiosk: has the programme, its films, the approval. */
function Devices({ programme }) {
  if (!programme.devices?.length) return null;
  return html`<table class="devices" role="table"><caption class="hear">${say('devices')}</caption><thead role="rowgroup"><tr role="row">
      ${['name', 'files', 'confirmed', 'seen'].map((head) => html`<th key=${head} role="columnheader" scope="col">${say(`device.${head}`)}</th>`)}</tr></thead>
    <tbody role="rowgroup">${programme.devices.map((one) => html`<tr key=${one.device} role="row"><th role="rowheader" scope="row">${one.name}</th><td role="cell"><${Files} device=${one} /></td>
      <td role="cell">${say(REACHED.includes(one.state) ? 'device.confirmed.yes' : 'device.confirmed.no')}</td><td role="cell" class="note">${one.at ? since(one.at) : say('device.never')}</td></tr>`)}</tbody></table>`;
}

function useSeen(programme, items) {
  const key = `seen.${programme.id}`;
  const [seen, set] = useState(kept(key, []));
  const add = (one) => set((old) => { if (old.includes(one)) return old; const next = [...old, one].slice(-SEEN_MAX); keep(key, next); return next; });
  return [seen, items.filter((item) => seen.includes(mark(item))).length, add];
}

const PROBLEMS = { deadline_passed: 'problem.deadline', not_distributed: 'problem.draft', offline: 'problem.offline' };

/* Approved, missed or not here yet: what plays, and on which kiosks it is. */
function Settled({ programme, items, stand, onSwap }) {
  return html`<div class="two"><aside><${Rounds} items=${items} phase=${stand.phase} /></aside>
    <div class="settled"><${Devices} programme=${programme} />
      <section aria-labelledby="order"><h2 id="order">${say(stand.phase === 'missed' ? 'order.missed' : 'order', { from: date(programme.from) })}</h2>
        <${Gallery} key=${programme.id} items=${items} clinic=${programme.clinic_name} onSwap=${onSwap} /></section></div></div>`;
}

function Programme({ programme, programmes, contents, site, onChange, onPick }) {
  const stand = standing(programme, now());
  const items = whole(programme, contents);
  const [seen, count, addSeen] = useSeen(programme, items);
  const [asking, ask] = useState(false);
  const [swapping, swap] = useState(null);
  const [problem, setProblem] = useState('');
  const [taken, setTaken] = useState(false);
  const open = stand.phase === 'open';
  const maySwap = programme.distributed && now() < programme.deadline;
  const onSwap = maySwap ? (item, order) => swap({ item, order }) : null;
  const approve = async () => {
    const answer = await call('POST', `/api/v1/sites/${encodeURIComponent(site)}/programmes/${encodeURIComponent(programme.id)}/approval`, {});
    setProblem(answer.ok ? '' : PROBLEMS[answer.data.error] ?? 'problem.other');
    setTaken(false);
    await onChange();
    ask(false);
  };
  const swapped = async () => { setTaken(Boolean(programme.approved)); await onChange(); swap(null); };
  useEffect(() => {
    const state = text(stand.phase === 'approved' ? 'approved' : stand.phase === 'open' ? 'deadline.days' : `state.${stand.phase}`, { n: daysLeft(programme, now()) });
    document.title = text('programme.page', { what: `${state} ${name(programme)}`, clinic: programme.clinic_name });
  });
  return html`<div class="head"><div><p class="note">${programme.clinic_name}</p><h1 tabindex="-1">${name(programme)}</h1><p class="period">${period(programme)}</p></div>
      <${Steps} phase=${stand.phase} allSeen=${count === items.length} /></div>
    <${Outcome} programme=${programme} items=${items} stand=${stand} />
    ${!open && html`<${NextOne} programmes=${programmes} shown=${programme} onPick=${onPick} />`}
    ${open ? html`<div class="two"><aside>
        <${Deadline} programme=${programme} /><${Consequence} /><${Approve} items=${items} seen=${count} problem=${problem} taken=${taken} onAsk=${() => ask(true)} />
        <${Rounds} items=${items} phase=${stand.phase} /></aside>
      <section aria-labelledby="films"><h2 id="films" class="hear">${say('films')}</h2>
        <${Films} key=${programme.id} items=${items} clinic=${programme.clinic_name} what=${name(programme)} seen=${seen} onSeen=${addSeen} marks onSwap=${onSwap} /></section></div>`
    : html`<${Settled} programme=${programme} items=${items} stand=${stand} onSwap=${onSwap} />`}
    ${asking && html`<${Ask} programme=${programme} items=${items} seen=${count} onClose=${() => ask(false)} onAct=${approve} />`}
    ${swapping && html`<${Swap} site=${site} programme=${programme} item=${swapping.item} order=${swapping.order} approved=${Boolean(programme.approved)} onClose=${() => swap(null)} onDone=${swapped} />`}`;
}

/* Why a service is suspended: nobody at the clinic but the contractor reads it. */
function Suspensions({ notices }) {
  return notices.map(({ id, detail: { service, cause } }) => html`<div key=${id} class="banner error" role="alert"><${Icon} name="warning" />
    <div><strong>${say(`suspension.${service}`)}</strong>${cause && html`<p>${say('suspension.cause', { cause })}</p>`}<p>${say('suspension.help')}</p></div></div>`);
}

export function stateWord(programme) {
  const { phase, running, over } = standing(programme, now());
  if (over) return 'state.ended';
  if (running && phase === 'approved') return 'state.running';
  if (running && phase === 'missed') return 'state.running.unapproved';
  return { draft: 'state.draft', open: 'state.distributed', approved: 'state.approved', missed: 'state.missed' }[phase];
}

/* The periods of one site, the one that needs its contractor first. */
export function Model({ site }) {
  const path = `/api/v1/sites/${encodeURIComponent(site)}`;
  const { data, failed, again } = useLoaded(`${path}/programmes`, AGAIN_MS);
  const own = useLoaded(`${path}/contents`, AGAIN_MS);
  const [picked, pick] = useState('');
  const first = useRef('');
  const [, tick] = useState(0);
  useEffect(() => { const timer = setInterval(() => tick((n) => n + 1), 15000); return () => clearInterval(timer); }, []);
  if (!data || !(own.data || own.failed)) return html`<${Waiting} failed=${failed} again=${again} />`;
  const { programmes, notices } = data;
  const shown = programmes.find((one) => one.id === (picked || first.current)) ?? firstToSee(programmes, now());
  first.current = shown?.id; /* what is shown stays, also once it is approved */
  if (!shown) return html`<${Suspensions} notices=${notices} /><div class="panel"><h1 tabindex="-1">${say('programme.none')}</h1><p>${say('programme.none.help')}</p></div>`;
  const list = [...programmes].sort((a, b) => b.from - a.from);
  return html`<${Suspensions} notices=${notices} /><${Problem} of=${own.failed && !own.data && 'own.missing'} />${list.length > 1 && html`<nav class="periods" aria-label=${text('programme.list')}><ul>${list.map((one) => html`<li key=${one.id}>
      <button type="button" class="button" aria-current=${one === shown ? 'page' : null} onClick=${() => pick(one.id)}>
        <b>${shortName(one)}</b><span>${say(stateWord(one))}</span></button></li>`)}</ul></nav>`}
    <${Programme} key=${shown.id} programme=${shown} programmes=${programmes} contents=${own.data?.contents ?? []} site=${site} onChange=${again} onPick=${pick} />`;
}
