/* The catalogue: what sites may show, what stands in for it, and taking a film away from every screen. */
import { html, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { Field } from './field.js';
import { date, digits } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { Play, Player, Still } from './clips.js';
import { Pick, Progress, useSending } from './sending.js';

addShapes({ add: 'M12 4v16M4 12h16', away: 'M6 6l12 12M18 6 6 18' });

const KINDS = ['health', 'advertisement', 'substitute'];
const FILTERS = ['', ...KINDS, 'clinic', 'withdrawn'];
const AGAIN_MS = 60000;

const inside = (film, filter) => filter === 'withdrawn' ? Boolean(film.withdrawn) : !film.withdrawn && (!filter || (filter === 'clinic' ? Boolean(film.site) : film.kind === filter && !film.site));

function Withdraw({ film, onClose, onDone }) {
  const [why, setWhy] = useState('');
  const [state, set] = useState({ busy: false, wrong: false, problem: '' });
  const act = async () => {
    if (!why.trim()) { set({ busy: false, wrong: true, problem: '' }); return; }
    set({ busy: true, wrong: false, problem: '' });
    const answer = await call('POST', `/api/v1/films/${film.sha256}/withdrawal`, { reason: why.trim() });
    if (answer.ok) onDone();
    else set({ busy: false, wrong: false, problem: 'withdraw.problem' });
  };
  return html`<${Dialog} title=${say('withdraw.title', { title: film.title })} destroy safe=${say('withdraw.no')} act=${say(state.busy ? 'withdraw.busy' : 'withdraw.yes')} busy=${state.busy} onClose=${onClose} onAct=${act}>
    <div class="now-film"><${Still} item=${film} /><p><b>${film.title}</b><br /><span class="note">${say(`kind.${film.kind}`)}</span></p></div>
    <p>${say('withdraw.text')}</p><p><b>${say('withdraw.final')}</b></p><${Problem} of=${state.problem} />
    <${Field} id="why" label=${text('withdraw.why')} mark=${say('required')} hint=${text('withdraw.why.hint')} error=${state.wrong && !why.trim() && text('page.missing')} value=${why} onInput=${setWhy} maxlength="150" autocomplete="off" /><//>`;
}

function Change({ film, onClose, onDone }) {
  const [title, setTitle] = useState(film.title);
  const [kind, setKind] = useState(film.kind);
  const [allowed, allow] = useState(Boolean(film.allowed));
  const [state, set] = useState({ busy: false, problem: '' });
  const act = async () => {
    if (!title.trim()) return;
    set({ busy: true, problem: '' });
    const answer = await call('PATCH', `/api/v1/films/${film.sha256}`, { title: title.trim(), kind, allowed });
    if (answer.ok) onDone();
    else set({ busy: false, problem: 'change.problem' });
  };
  return html`<${Dialog} title=${say('change.title', { title: film.title })} safe=${say('change.no')} act=${say(state.busy ? 'change.busy' : 'change.yes')} busy=${state.busy} onClose=${onClose} onAct=${act}><${Problem} of=${state.problem} />
    <${Field} id="film-title" label=${text('film.title')} error=${!title.trim() && text('page.missing')} value=${title} onInput=${setTitle} maxlength="60" autocomplete="off" />
    <${Field} id="film-kind" label=${text('film.kind')} value=${kind} onInput=${setKind}>${KINDS.map((one) => html`<option key=${one} value=${one}>${text(`kind.${one}`)}</option>`)}<//>
    <label class="choice"><input type="checkbox" checked=${allowed} onChange=${() => allow(!allowed)} /><span>${say('film.allowed')}</span></label><//>`;
}

function Film({ film, place, onAct }) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const close = () => { setOpen(false); button.current.focus(); };
  return html`<li class="own" data-film=${film.sha256}><${Still} item=${film} /><div class="about"><h2>${film.title}</h2>
      <p class="row"><span class="tag">${say(`kind.${film.kind}`)}</span>${place && html`<span class="tag">${place}</span>`}${!film.site && !film.withdrawn && film.kind !== 'substitute' && html`<span class="note">${say(film.allowed ? 'film.allowed' : 'film.not_allowed')}</span>`}</p>
      ${film.withdrawn ? html`<p class="shape gone"><${Icon} name="away" size="20" /><b>${say('film.withdrawn', { date: date(film.withdrawn), time: digits(film.withdrawn), who: film.withdrawn_by })}</b></p><p>${say('film.why', { why: film.why })}</p>` : html`<p class="note">${say('film.added', { date: date(film.added) })}</p>`}</div>
    <div class="acts"><${Play} item=${film} open=${open} button=${button} onPress=${() => (open ? close() : setOpen(true))} />
      ${!film.withdrawn && html`${!film.site && html`<button type="button" class="button" aria-label=${text('change.of', { title: film.title })} onClick=${() => onAct('change', film)}>${say('change')}</button>`}
      <button type="button" class="button danger" aria-label=${text('withdraw.of', { title: film.title })} onClick=${() => onAct('withdraw', film)}>${say('withdraw')}</button>`}</div>
    ${open && html`<div class="playing"><${Player} item=${film} onClose=${close} /></div>`}</li>`;
}

function Send({ onReady }) {
  const [kind, setKind] = useState(KINDS[0]);
  const [title, setTitle] = useState('');
  const [file, setFile] = useState(null);
  const [tried, setTried] = useState(false);
  const sending = useSending(() => { setFile(null); setTitle(''); setTried(false); onReady(); });
  const running = sending.state && !['refused', 'ready'].includes(sending.state.state);
  const submit = (e) => {
    e.preventDefault();
    setTried(true);
    if (!running && file && title.trim()) sending.start(file, { kind, title: title.trim() });
  };
  return html`<form class="panel send" novalidate onSubmit=${submit} aria-labelledby="send"><h2 id="send">${say('send.title')}</h2>
    <${Field} id="kind" label=${text('film.kind')} value=${kind} onInput=${setKind} disabled=${running}>${KINDS.map((one) => html`<option key=${one} value=${one}>${text(`kind.${one}`)}</option>`)}<//>
    <${Pick} file=${file} error=${tried && !file && text('file.missing')} onFile=${(one) => { sending.stop(); setFile(one); if (!title) setTitle(one.name.replace(/\.[^.]*$/, '').slice(0, 60)); }} />
    <${Field} id="title" label=${text('film.title')} mark=${say('required')} error=${tried && !title.trim() && text('page.missing')} value=${title} onInput=${setTitle} maxlength="60" autocomplete="off" />
    ${sending.state && html`<${Progress} of=${sending.state} onStop=${sending.stop} />`}
    ${!running && html`<button type="submit" class="button first wide">${say('send.do')}</button>`}</form>`;
}

export function Catalogue({ sites }) {
  const { data, failed, again } = useLoaded('/api/v1/films', AGAIN_MS);
  const [filter, setFilter] = useState('');
  const [act, setAct] = useState(null);
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const films = data.films.filter((film) => inside(film, filter));
  const close = () => setAct(null);
  const done = async () => { await again(); setAct(null); };
  return html`<div class="head"><${Heading}>${say('films.title')}<//></div>
    <div class="two"><aside><${Send} onReady=${again} /></aside><section aria-labelledby="list"><h2 id="list" class="hear">${say('films.list')}</h2>
      <div class="filters" role="group" aria-label=${text('films.filter')}>${FILTERS.map((one) => html`<button key=${one} type="button" class="button" aria-pressed=${String(filter === one)} onClick=${() => setFilter(one)}>${say(`filter.${one || 'all'}`)}</button>`)}</div>
      ${films.length ? html`<ul class="owns">${films.map((film) => html`<${Film} key=${film.sha256 + film.site} film=${film} place=${sites.find((one) => one.site === film.site)?.name} onAct=${(what, one) => setAct({ what, film: one })} />`)}</ul>` : html`<p class="panel empty">${say('films.none')}</p>`}</section></div>
    ${act?.what === 'withdraw' && html`<${Withdraw} film=${act.film} onClose=${close} onDone=${done} />`}${act?.what === 'change' && html`<${Change} film=${act.film} onClose=${close} onDone=${done} />`}`;
}
