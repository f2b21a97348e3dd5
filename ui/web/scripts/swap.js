/* Another film in a place of the programme, from the allowed catalogue. A swap is no approval (terms 20). */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Still } from './clips.js';

const PROBLEMS = { deadline_passed: 'problem.deadline', not_allowed: 'swap.problem.gone', offline: 'problem.offline' };
const CLINIC = ['introduction', 'self_made', 'notice'];

/* What may stand there: films of the kind that was planned, and the clinic's own. */
const mayStand = (film, kind, site) => !film.withdrawn && (film.kind === kind ? !film.site || film.site === site : CLINIC.includes(film.kind) && film.site === site);

/* The film that was planned may always come back, also when it is no longer in the catalogue. */
function choices(films, item, site) {
  const first = item.first ?? item;
  const found = films.filter((film) => film.sha256 !== item.sha256 && mayStand(film, first.kind, site));
  return item.first?.sha256 && !found.some((film) => film.sha256 === item.first.sha256) ? [item.first, ...found] : found;
}

export function Swap({ site, programme, item, order, approved, onClose, onDone }) {
  const { data, failed, again } = useLoaded(`/api/v1/films?site=${site}`);
  const [picked, pick] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const films = data ? choices(data.films, item, site) : [];
  const act = async () => {
    if (!picked) { setProblem('swap.problem.none'); return; }
    setBusy(true);
    const answer = await call('PUT', `/api/v1/sites/${site}/programmes/${programme.id}/items/${item.index}`, { sha256: picked });
    setBusy(false);
    if (answer.ok) onDone(films.find((film) => film.sha256 === picked));
    else setProblem(PROBLEMS[answer.data.error] ?? 'swap.problem');
  };
  return html`<${Dialog} title=${say('swap.title', { n: order + 1, title: item.title })} wide safe=${say('swap.no')} onClose=${onClose} onAct=${act} busy=${busy}
      act=${films.length > 0 && say(busy ? 'swap.busy' : 'swap.yes')}>
    <div class="now-film"><${Still} item=${item} /><p><span class="note">${say('swap.now')}</span><br /><b>${item.title}</b></p></div>
    <${Problem} of=${problem} />
    ${!data ? html`<${Waiting} failed=${failed} again=${again} />` : films.length === 0 ? html`<p>${say('swap.none')}</p>`
    : html`<fieldset class="pictures"><legend class="hear">${say('swap.choose')}</legend>${films.map((film) => html`<label key=${film.sha256} class="choice">
        <input type="radio" name="film" checked=${picked === film.sha256} onChange=${() => { pick(film.sha256); setProblem(''); }} />
        <${Still} item=${film} /><span><b>${film.title}</b><br /><span class="note">${text(`kind.${film.kind}`)}${film.sha256 === item.first?.sha256 && ` ${text('swap.first')}`}</span></span></label>`)}</fieldset>
      <p>${say('swap.text')}<b>${say('swap.text.approval')}</b></p>${approved && html`<p><b>${say('swap.text.back')}</b></p>`}`}<//>`;
}
