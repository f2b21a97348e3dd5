/* Broadcast periods (放映期間): one content is chosen, its period shows on the month; the others are marked
 * there by their numbers. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { call } from './api.js';
import { Icon } from './icons.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading, Told, address } from './shell.js';
import { Still } from './clips.js';
import { When, newWhen, sentence, whenOf, wireOf } from './broadcast.js';

const FIELDS = ['kind', 'title', 'page', 'sha256', 'duration_ms', 'active'];
const wireBody = (content, when) => ({ ...Object.fromEntries(FIELDS.filter((field) => content[field] || field === 'active').map((field) => [field, content[field]])), ...when, active: true });

/* A film that was sent but never broadcast stands in the list as a content without an id. */
function everything(contents, films, site, sent, picked) {
  const own = contents.map((content) => ({ key: content.id, content }));
  const film = films.find((one) => one.sha256 === sent && one.site === site && !one.withdrawn);
  const known = film && contents.find((one) => one.sha256 === film.sha256);
  if (film && !known) own.push({ key: film.sha256, content: { kind: film.kind, title: film.title, sha256: film.sha256, duration_ms: film.duration_ms, active: false, fresh: true } });
  return { all: own.map((one, i) => ({ ...one, number: i + 1 })), asked: known && picked === sent ? known.id : picked };
}

/* saved is kept outside: a film's first period makes a content of it, and the form begins anew. */
function Form({ site, one, others, saved, onSaved }) {
  const { content } = one;
  const [when, setWhen] = useState(content.fresh ? newWhen() : whenOf(content));
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const wire = wireOf(when);
  const save = async (e) => {
    e.preventDefault();
    setTried(true);
    onSaved('');
    if (busy || wire.wrong) return;
    setBusy(true);
    const answer = await call(content.fresh ? 'POST' : 'PUT', `/api/v1/sites/${site}/contents${content.fresh ? '' : `/${content.id}`}`, wireBody(content, wire.content));
    setBusy(false);
    setProblem(answer.ok ? '' : answer.status === 0 ? 'maker.problem.offline' : 'maker.problem');
    if (answer.ok) onSaved(answer.data.id);
  };
  return html`<form class="period-form" novalidate onSubmit=${save}><h2>${say('periods.of', { title: content.title })}</h2><${Problem} of=${problem} />
    <${When} when=${when} onWhen=${(next) => { setWhen(next); onSaved(''); }} others=${others} wrong=${tried && wire.wrong}>
      <button type="submit" class="button first wide" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'maker.busy' : content.active ? 'periods.do' : 'periods.begin')}</button>
      ${saved && html`<p class="shape" role="status"><${Icon} name="check" size="20" /><b>${say('periods.done')}</b></p>`}
      <p class="note">${say('maker.note')}</p><//></form>`;
}

export function Periods({ site, clinic, id }) {
  const own = useLoaded(`/api/v1/sites/${site}/contents`);
  const [picked, pick] = useState(id);
  const [saved, setSaved] = useState('');
  const films = useLoaded(id && id.length > 36 ? `/api/v1/films?site=${site}` : '');
  if (!own.data || (id.length > 36 && !films.data)) return html`<${Waiting} failed=${own.failed || films.failed} again=${() => { own.again(); films.again(); }} />`;
  const choose = (key) => { pick(key); history.replaceState(null, '', address('periods', key)); }; /* the focus stays */
  const { all, asked } = everything(own.data.contents, films.data?.films ?? [], site, id, picked);
  const shown = all.find((one) => one.key === asked) ?? all[0];
  const head = html`<div class="head"><div><p class="note">${clinic}</p><${Heading}>${say('periods.title')}<//></div></div><${Told} />`;
  if (!shown) return html`${head}<div class="panel empty"><p><b>${say('periods.none')}</b></p><p>${say('periods.none.help')}</p></div>`;
  const others = all.filter((one) => one !== shown && one.content.active);
  return html`${head}<div class="two periods-page"><aside><fieldset class="pick-one"><legend><h2>${say('periods.pick')}</h2></legend>${all.map((one) => html`<label key=${one.key} class="choice">
      <input type="radio" name="content" checked=${one === shown} onChange=${() => choose(one.key)} /><i class="tally" aria-hidden="true">${one.number}</i><${Still} item=${one.content} clinic=${clinic} />
      <span><b>${one.content.title}</b><span class="note">${one.content.active ? sentence(one.content) : say(one.content.fresh ? 'unused.help' : 'own.draft')}</span></span></label>`)}</fieldset></aside>
    <section class="panel"><${Form} key=${shown.key} site=${site} one=${shown} others=${others} saved=${saved && saved === shown.content.id} onSaved=${async (made) => { setSaved(made); if (made) await own.again(); }} /></section></div>`;
}
