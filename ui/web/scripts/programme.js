/* /programme/: the contractor checks a model programme and approves it, which is an act of its own. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call, logOut } from './api.js';
import { enter } from './login.js';
import { Dialog } from './dialog.js';
import { date, digits, now, wall } from './when.js';
import { keep, kept } from './kept.js';
import { daysLeft, firstToSee, half, provided, round, standing, toApprove, total, urgent } from './plan.js';
import { Films } from './films.js';

const AGAIN_MS = 60000;

addShapes({
  play: html`<path d="M7 4l13 8-13 8Z" fill="currentColor" />`, calendar: 'M4 6h16v14H4ZM4 10h16M8 3v4M16 3v4',
  todo: html`<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2.6" stroke-dasharray="3.2 3.08" />`,
  missed: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 8.5l7 7M15.5 8.5l-7 7',
  here: html`<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2.6" /><circle cx="12" cy="12" r="4.5" fill="currentColor" />`,
  open: html`<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2.2" />`,
  full: html`<circle cx="12" cy="12" r="11" fill="currentColor" /><path d="M6.5 12.5l4 4 7-8" fill="none" stroke="var(--on-brand)" stroke-width="2.5" />`,
});

const name = (programme) => { const h = half(programme); return text(`period.${h.form}`, { month: h.month, from: date(programme.from) }); };
const shortName = (programme) => { const h = half(programme); return text(`period.short.${h.form}`, { month: h.month, day: h.day }); };
const period = (programme) => text('period', { from: date(programme.from), to: date(programme.to - 1) });

/* { programmes, notices, failed, again }: read again every minute and when the page is looked at. */
function useProgrammes(site) {
  const [state, set] = useState({ programmes: null, failed: false });
  const load = async () => {
    const answer = await call('GET', `/api/v1/sites/${encodeURIComponent(site)}/programmes`);
    set((old) => (answer.ok ? { programmes: answer.data.programmes, notices: answer.data.notices, failed: false } : { ...old, failed: true }));
  };
  useEffect(() => {
    set({ programmes: null, failed: false });
    load();
    const timer = setInterval(load, AGAIN_MS);
    const seen = () => { if (!document.hidden) load(); };
    document.addEventListener('visibilitychange', seen);
    return () => { clearInterval(timer); document.removeEventListener('visibilitychange', seen); };
  }, [site]);
  return { ...state, again: load };
}

const STEPS = ['come', 'see', 'approve'];

function Steps({ phase, allSeen }) {
  if (phase === 'missed') return null;
  const at = { draft: 0, open: allSeen ? 2 : 1, approved: 3 }[phase];
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

function Ribbon({ programme, approved, label }) {
  const parts = round(programme, approved);
  const count = (...kinds) => parts.filter((part) => kinds.includes(part.kind)).length;
  const heard = text('hear.round', { all: parts.length, provided: count('health', 'advertisement'), clinic: count('clinic'), substitute: count('substitute') });
  return html`<div class="round">${label && html`<h3>${label}</h3>`}<div class="ribbon" role="img" aria-label=${heard}>
    ${parts.map((part, i) => html`<i key=${i} class=${part.kind} style=${{ flexGrow: part.ms }}></i>`)}</div></div>`;
}

function Rounds({ programme, phase }) {
  const ms = total(programme);
  const seconds = Math.round(ms / 1000);
  const kinds = new Set([...round(programme, true), ...(phase === 'approved' ? [] : round(programme, false))].map((part) => part.kind));
  if (phase === 'missed') for (const kind of ['health', 'advertisement']) kinds.delete(kind);
  const legend = ['health', 'advertisement', 'clinic', 'substitute'].filter((kind) => kinds.has(kind));
  return html`<section class="panel"><h2>${phase === 'missed' ? say('round.now')
    : say('round', { minutes: Math.floor(seconds / 60), seconds: String(seconds % 60).padStart(2, '0') })}</h2>
    ${phase !== 'missed' && html`<${Ribbon} programme=${programme} approved label=${phase === 'approved' ? null : say('round.approved')} />`}
    ${phase !== 'approved' && html`<${Ribbon} programme=${programme} label=${phase === 'missed' ? null : say('round.unapproved')} />`}
    <ul class="legend">${legend.map((kind) => html`<li key=${kind}><i class=${kind}></i>${say(`legend.${kind}`)}</li>`)}</ul></section>`;
}

function Approve({ programme, seen, onAsk, problem }) {
  const all = programme.items.length;
  return html`<section class="panel approve">${problem && html`<div class="banner error" role="alert"><${Icon} name="warning" />
      <div><strong>${say(problem)}</strong><p>${say(`${problem}.help`)}</p></div></div>`}
    <p>${seen.length < all ? say('approve.seen', { all, n: seen.length }) : say('approve.seen.all')}</p>
    <button type="button" class="button first wide" onClick=${onAsk}>${say('approve')}</button></section>`;
}

function Ask({ programme, seen, onClose, onAct }) {
  const [busy, setBusy] = useState(false);
  const all = programme.items.length;
  const values = { from: date(Math.max(programme.from, now())), n: programme.items.filter(provided).length, all };
  return html`<${Dialog} title=${say('approve.title', { period: name(programme) })} safe=${say('approve.no')} busy=${busy}
    act=${say(busy ? 'approve.busy' : 'approve.yes')} onClose=${onClose} onAct=${async () => { setBusy(true); await onAct(); }}>
    <p>${say('approve.text', values)}</p>${seen.length < all && html`<p><b>${say('approve.text.unseen', { n: all - seen.length })}</b></p>`}
    <p>${say('approve.final')}</p><//>`;
}

/* What has become of it, said plainly; takes the focus right after the approval. */
function Outcome({ programme, stand }) {
  const when = { date: date(programme.approved), time: digits(programme.approved), who: programme.approved_by, from: date(programme.from), to: date(programme.to - 1) };
  if (stand.phase === 'approved') {
    const key = stand.over ? 'approved.ended' : stand.running ? 'approved.running' : 'approved.by';
    return html`<div class="outcome good" role="status"><${Icon} name="full" size="40" /><div><strong>${say('approved')}</strong><p>${say(key, when)}</p></div></div>`;
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

function useSeen(programme) {
  const key = `seen.${programme.id}`;
  const [seen, set] = useState(kept(key, []));
  const add = (i) => set((old) => { if (old.includes(i)) return old; const next = [...old, i]; keep(key, next); return next; });
  return [seen.filter((i) => i < programme.items.length), add];
}

const PROBLEMS = { deadline_passed: 'problem.deadline', not_distributed: 'problem.draft', offline: 'problem.offline' };

function Programme({ programme, programmes, site, onChange, onPick }) {
  const stand = standing(programme, now());
  const [seen, addSeen] = useSeen(programme);
  const [asking, ask] = useState(false);
  const [problem, setProblem] = useState('');
  const open = stand.phase === 'open';
  const approve = async () => {
    const answer = await call('POST', `/api/v1/sites/${encodeURIComponent(site)}/programmes/${encodeURIComponent(programme.id)}/approval`, {});
    setProblem(answer.ok ? '' : PROBLEMS[answer.data.error] ?? 'problem.other');
    await onChange();
    ask(false);
  };
  useEffect(() => {
    const state = text(stand.phase === 'approved' ? 'approved' : stand.phase === 'open' ? 'deadline.days' : `state.${stand.phase}`, { n: daysLeft(programme, now()) });
    document.title = text('programme.page', { what: `${state} ${name(programme)}`, clinic: programme.clinic_name });
  });
  return html`<div class="head"><div><p class="note">${programme.clinic_name}</p><h1>${name(programme)}</h1><p class="period">${period(programme)}</p></div>
      <${Steps} phase=${stand.phase} allSeen=${seen.length === programme.items.length} /></div>
    <${Outcome} programme=${programme} stand=${stand} />
    ${!open && html`<${NextOne} programmes=${programmes} shown=${programme} onPick=${onPick} />`}
    <div class="two"><aside>
      ${open && html`<${Deadline} programme=${programme} /><${Consequence} /><${Approve} programme=${programme} seen=${seen} problem=${problem} onAsk=${() => ask(true)} />`}
      <${Rounds} programme=${programme} phase=${stand.phase} /></aside>
      <section aria-labelledby="films"><h2 id="films" class="hear">${say('films')}</h2>
        <${Films} key=${programme.id} programme=${programme} what=${name(programme)} seen=${seen} onSeen=${addSeen} marks=${open} /></section></div>
    ${asking && html`<${Ask} programme=${programme} seen=${seen} onClose=${() => ask(false)} onAct=${approve} />`}`;
}

/* Why a service is suspended: nobody at the clinic but the contractor reads it. */
function Suspensions({ notices }) {
  return notices.map(({ id, detail: { service, cause } }) => html`<div key=${id} class="banner error" role="alert"><${Icon} name="warning" />
    <div><strong>${say(`suspension.${service}`)}</strong>${cause && html`<p>${say('suspension.cause', { cause })}</p>`}<p>${say('suspension.help')}</p></div></div>`);
}

function stateWord(programme) {
  const { phase, running, over } = standing(programme, now());
  if (over) return 'state.ended';
  if (running && phase === 'approved') return 'state.running';
  if (running && phase === 'missed') return 'state.running.unapproved';
  return { draft: 'state.draft', open: 'state.distributed', approved: 'state.approved', missed: 'state.missed' }[phase];
}

function Site({ site }) {
  const { programmes, notices, failed, again } = useProgrammes(site);
  const [picked, pick] = useState('');
  const first = useRef('');
  const [, tick] = useState(0);
  useEffect(() => { const timer = setInterval(() => tick((n) => n + 1), 15000); return () => clearInterval(timer); }, []);
  if (!programmes) {
    return failed ? html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${say('loading.failed')}</strong><p>${say('loading.failed.help')}</p>
      <button type="button" class="button" onClick=${again}>${say('loading.again')}</button></div></div>`
      : html`<p class="hear" role="status">${say('loading')}</p><div class="bars"><i></i><i></i><i></i></div>`;
  }
  const shown = programmes.find((one) => one.id === (picked || first.current)) ?? firstToSee(programmes, now());
  first.current = shown?.id; /* what is shown stays, also once it is approved */
  if (!shown) return html`<${Suspensions} notices=${notices} /><div class="panel"><h1>${say('programme.none')}</h1><p>${say('programme.none.help')}</p></div>`;
  const list = [...programmes].sort((a, b) => b.from - a.from);
  return html`<${Suspensions} notices=${notices} />${list.length > 1 && html`<nav class="periods" aria-label=${text('programme.list')}><ul>${list.map((one) => html`<li key=${one.id}>
      <button type="button" class="button" aria-current=${one === shown ? 'page' : null} onClick=${() => pick(one.id)}>
        <b>${shortName(one)}</b><span>${say(stateWord(one))}</span></button></li>`)}</ul></nav>`}
    <${Programme} key=${shown.id} programme=${shown} programmes=${programmes} site=${site} onChange=${again} onPick=${pick} />`;
}

function Page({ who, leave }) {
  const [site, setSite] = useState(who.sites[0].site);
  return html`<header class="mast"><img src="/assets/icon.svg" alt="" width="28" height="28" /><p><b>${say('programme.house')}</b></p>
      ${who.sites.length > 1 && html`<label class="pick"><span>${say('programme.site')}</span><select value=${site} onChange=${(e) => setSite(e.target.value)}>
        ${who.sites.map((one) => html`<option key=${one.site} value=${one.site}>${one.name}</option>`)}</select></label>`}
      <span class="who">${who.name}</span><button type="button" class="button" onClick=${async () => { await logOut(); leave(); }}>${say('logout')}</button></header>
    <main class="contractor"><${Site} key=${site} site=${site} /></main>`;
}

enter({ words: 'programme', roles: ['contractor', 'operator'], Page, title: 'programme.title' });
