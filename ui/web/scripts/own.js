/* The clinic's own contents: what there is, where it stands, and what can be done with it. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { now } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading, Told, address } from './shell.js';
import { Play, Player, Still } from './clips.js';
import { sentence } from './broadcast.js';
import { reason } from './sending.js';

addShapes({ coming: html`<g fill="currentColor"><circle cx="5" cy="12" r="2.2" /><circle cx="12" cy="12" r="2.2" /><circle cx="19" cy="12" r="2.2" /></g>`, add: 'M12 4v16M4 12h16' });

const AGAIN_MS = 60000;
const COMING_MS = 5000;
const SHAPES = { draft: 'todo', on: 'here', coming: 'open', over: 'check' };

/* draft, coming, on, over: by its period alone; weekdays and hours are told beside it. */
export function stateOf(content, at) {
  if (!content.active) return 'draft';
  if (content.show_to && at >= content.show_to) return 'over';
  return content.show_from && at < content.show_from ? 'coming' : 'on';
}

function Ask({ content, onClose, onAct }) {
  const [busy, setBusy] = useState(false);
  const shown = stateOf(content, now()) !== 'draft';
  return html`<${Dialog} title=${say('own.delete.title', { title: content.title })} destroy safe=${say('own.delete.no')} act=${say(busy ? 'own.delete.busy' : 'own.delete.yes')} busy=${busy}
    onClose=${onClose} onAct=${() => { setBusy(true); onAct(); }}><p>${say(shown ? 'own.delete.shown' : 'own.delete.draft')}</p>
    <p>${say('own.delete.programme')}${content.sha256 && say('own.delete.film')}<b>${say('own.delete.final')}</b></p><//>`;
}

function Row({ content, clinic, tab, onDelete }) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const state = stateOf(content, now());
  const close = () => { setOpen(false); button.current.focus(); };
  return html`<li class="own"><${Still} item=${content} clinic=${clinic} />
    <div class="about"><h2>${content.title}</h2><p class="shape ${state}"><${Icon} name=${SHAPES[state]} size="20" /><b>${say(`own.${state}`)}</b><span class="tag">${say(`kind.${content.kind}`)}</span></p>
      <p>${state === 'draft' ? say('own.draft.help') : sentence(content)}</p></div>
    <div class="acts"><${Play} item=${content} open=${open} button=${button} onPress=${() => (open ? close() : setOpen(true))} />
      <a class="button" href=${content.page ? address(tab, 'make', content.id) : address('periods', content.id)} aria-label=${text(content.page ? 'own.change.of' : 'own.period.of', { title: content.title })}>${say(content.page ? 'own.change' : 'own.period')}</a>
      <button type="button" class="button danger" aria-label=${text('own.delete.of', { title: content.title })} onClick=${() => onDelete(content)}>${say('own.delete')}</button></div>
    ${open && html`<div class="playing"><${Player} item=${content} clinic=${clinic} onClose=${close} /></div>`}</li>`;
}

function List({ site, clinic, tab, kinds, title, empty, children }) {
  const path = `/api/v1/sites/${site}/contents`;
  const { data, failed, again } = useLoaded(path, AGAIN_MS);
  const [asking, ask] = useState(null);
  const [problem, setProblem] = useState('');
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const own = data.contents.filter((one) => kinds.includes(one.kind)).reverse();
  const remove = async () => {
    const answer = await call('DELETE', `${path}/${asking.id}`);
    setProblem(answer.ok ? '' : 'own.problem');
    await again();
    ask(null);
    document.querySelector('main h1').focus(); /* the row is gone, and its button with it */
  };
  return html`<div class="head"><div><p class="note">${clinic}</p><${Heading}>${title}<//></div><div class="acts">${children}</div></div>
    <${Told} /><${Problem} of=${problem} />
    ${own.length ? html`<ul class="owns">${own.map((one) => html`<${Row} key=${one.id} content=${one} clinic=${clinic} tab=${tab} onDelete=${ask} />`)}</ul>`
      : html`<div class="panel empty"><p><b>${say(empty)}</b></p><p>${say(`${empty}.help`)}</p></div>`}
    ${asking && html`<${Ask} content=${asking} onClose=${() => ask(null)} onAct=${remove} />`}`;
}

export function Notices(shared) {
  return html`<${List} ...${shared} tab="notices" kinds=${['notice']} title=${say('notices.title')} empty=${'notices.none'}>
    <a class="button first" href=${address('notices', 'make')}><${Icon} name="add" size="20" />${say('maker.notice')}</a><//>`;
}

/* Films on their way: what is not whole yet, and what was refused and why. */
function Coming({ site, onReady }) {
  const { data, again } = useLoaded(`/api/v1/uploads?site=${site}`, COMING_MS);
  const rest = data?.uploads.filter((one) => one.state !== 'ready') ?? [];
  const ready = data?.uploads.filter((one) => one.state === 'ready').length ?? 0;
  useEffect(() => { onReady(ready); }, [ready]);
  const away = async (one) => { await call('DELETE', `/api/v1/uploads/${one.upload}`); await again(); };
  if (!rest.length) return null;
  return html`<section aria-labelledby="coming"><h2 id="coming">${say('coming')}</h2><ul class="owns">${rest.map((one) => html`<li key=${one.upload} class="own wide-row"><div class="about"><h3>${one.title}</h3>
    <p class="shape">${one.state === 'refused' ? html`<${Icon} name="warning" size="20" /><b>${say('refused')}</b>` : html`<${Icon} name="coming" size="20" /><b>${say(`coming.${one.state}`, { n: Math.floor((one.offset / one.size) * 100) })}</b>`}</p>
    ${one.reasons.map((why) => html`<p key=${why.code}>${reason(why)}</p>`)}${one.state === 'receiving' && html`<p>${say('coming.receiving.help', { name: one.name })}</p>`}</div>
    <div class="acts"><button type="button" class="button danger" aria-label=${text('own.delete.of', { title: one.title })} onClick=${() => away(one)}>${say('own.delete')}</button></div></li>`)}</ul></section>`;
}

/* Films that were sent and stand in no broadcast yet. */
function Unused({ site, ready }) {
  const films = useLoaded(`/api/v1/films?site=${site}`);
  const own = useLoaded(`/api/v1/sites/${site}/contents`);
  useEffect(() => { films.again(); }, [ready]);
  if (!films.data || !own.data) return null;
  const rest = films.data.films.filter((film) => film.site === site && !film.withdrawn && !own.data.contents.some((one) => one.sha256 === film.sha256));
  if (!rest.length) return null;
  return html`<section aria-labelledby="unused"><h2 id="unused">${say('unused')}</h2><ul class="owns">${rest.map((film) => html`<li key=${film.sha256} class="own"><${Still} item=${film} />
    <div class="about"><h3>${film.title}</h3><p><span class="tag">${say(`kind.${film.kind}`)}</span></p><p>${say('unused.help')}</p></div>
    <div class="acts"><a class="button second" href=${address('periods', film.sha256)} aria-label=${text('unused.do.of', { title: film.title })}>${say('unused.do')}</a></div></li>`)}</ul></section>`;
}

export function Introductions(shared) {
  const [ready, setReady] = useState(0);
  return html`<${List} ...${shared} tab="films" kinds=${['introduction', 'self_made']} title=${say('films.title')} empty=${'films.none'}>
    <a class="button second" href=${address('films', 'make')}><${Icon} name="add" size="20" />${say('maker.introduction')}</a>
    <a class="button first" href=${address('films', 'send')}><${Icon} name="add" size="20" />${say('sender.title')}</a><//>
    <${Coming} site=${shared.site} onReady=${setReady} /><${Unused} site=${shared.site} ready=${ready} />`;
}
