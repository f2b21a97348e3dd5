/* The operator's programmes: drafts to distribute, and those that are out. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { date, digits, now } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading, Told, address, go, tell } from './shell.js';
import { total } from './plan.js';
import { period, name } from './names.js';
import { Ribbon, minutes } from './ribbon.js';

addShapes({ add: 'M12 4v16M4 12h16' });

const PROBLEMS = { bad_request: 'distribute.problem.film', offline: 'distribute.problem.offline' };

/* Which sites get it, and what begins with that, is said before it happens. */
function Distribute({ programme, sites, onClose }) {
  const [all, setAll] = useState(true);
  const [some, setSome] = useState([]);
  const [state, set] = useState({ busy: false, problem: '' });
  const count = all ? sites.length : some.length;
  const act = async () => {
    if (!count) { set({ busy: false, problem: 'distribute.problem.none' }); return; }
    set({ busy: true, problem: '' });
    const answer = await call('POST', `/api/v1/programmes/${programme.programme}/distribution`, { sites: all ? 'all' : some });
    if (!answer.ok) { set({ busy: false, problem: PROBLEMS[answer.data.error] ?? 'distribute.problem' }); return; }
    const without = answer.data.skipped.filter((one) => one.reason === 'no_video_service').length;
    tell(text('distribute.done', { what: name(programme), n: answer.data.distributed.length }) + (without ? text('distribute.skipped', { n: without }) : ''));
    go('approvals', programme.programme);
  };
  const turn = (site) => setSome(some.includes(site) ? some.filter((one) => one !== site) : [...some, site]);
  return html`<${Dialog} title=${say('distribute.title', { what: name(programme) })} safe=${say('distribute.no')} act=${say(state.busy ? 'distribute.busy' : 'distribute.yes', { n: count })} busy=${state.busy} onClose=${onClose} onAct=${act}>
    <p>${say('distribute.text', { period: period(programme), date: date(programme.deadline), time: digits(programme.deadline) })}</p><${Problem} of=${state.problem} />
    <fieldset class="hours"><legend>${say('distribute.to')}</legend>
      <label class="choice"><input type="radio" name="to" checked=${all} onChange=${() => setAll(true)} /><span>${say('distribute.all', { n: sites.length })}</span></label>
      <label class="choice"><input type="radio" name="to" checked=${!all} onChange=${() => setAll(false)} /><span>${say('distribute.some')}</span></label>
      ${!all && sites.map((site) => html`<label key=${site.site} class="choice site"><input type="checkbox" checked=${some.includes(site.site)} onChange=${() => turn(site.site)} /><span>${site.name}</span></label>`)}</fieldset><//>`;
}

/* The films of a table, as the catalogue knows them now; those that are gone are left out. */
export const itemsOf = (table, films) => (table?.items ?? []).map((item) => { const film = films.find((one) => one.sha256 === item.sha256 && !one.site); return film && { ...film, ...item }; }).filter(Boolean);

function Content({ programme, films }) {
  const { data } = useLoaded(programme.site || programme.to < now() ? '' : `/api/v1/programmes/${programme.programme}`);
  const items = itemsOf(data, films);
  return items.length ? html`<p class="note">${say('programmes.items', { n: items.length, ...minutes(total(items)) })}</p><${Ribbon} items=${items} approved />` : null;
}

function Row({ programme, films, onDistribute }) {
  const out = programme.sites > 0;
  return html`<li class="own wide-row" data-programme=${programme.programme}><div class="about"><h2>${name(programme)}</h2><p>${period(programme)}</p>
      <p>${say('programmes.deadline', { date: date(programme.deadline), time: digits(programme.deadline) })}</p><${Content} programme=${programme} films=${films} />
      <p>${out ? say('programmes.out', { n: programme.sites, approved: programme.approved }) : html`<b>${say('programmes.draft')}</b>`}</p></div>
    <div class="acts">${out && html`<a class="button second" href=${address('approvals', programme.programme)}>${say('programmes.open')}</a>`}
      ${!programme.site && html`<a class="button" href=${address('programmes', 'make', programme.programme)} aria-label=${text('programmes.copy.of', { what: name(programme) })}>${say('programmes.copy')}</a>`}
      ${now() < programme.deadline && html`<button type="button" class=${`button ${out ? '' : 'first'}`} aria-label=${text(out ? 'distribute.more.of' : 'distribute.of', { what: name(programme) })} onClick=${() => onDistribute(programme)}>${say(out ? 'distribute.more' : 'distribute')}</button>`}</div></li>`;
}

export function Programmes({ sites }) {
  const { data, failed, again } = useLoaded('/api/v1/programmes');
  const films = useLoaded('/api/v1/films');
  const [asking, ask] = useState(null);
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  return html`<div class="head"><${Heading}>${say('programmes.title')}<//><div class="acts"><a class="button first" href=${address('programmes', 'make')}><${Icon} name="add" size="20" />${say('programmes.make')}</a></div></div><${Told} />
    ${data.programmes.length ? html`<ul class="owns">${data.programmes.map((one) => html`<${Row} key=${one.programme} programme=${one} films=${films.data?.films ?? []} onDistribute=${ask} />`)}</ul>` : html`<div class="panel empty"><p><b>${say('programmes.none')}</b></p><p>${say('programmes.none.help')}</p></div>`}
    ${asking && html`<${Distribute} programme=${asking} sites=${asking.site ? sites.filter((one) => one.site === asking.site) : sites} onClose=${() => ask(null)} />`}`;
}
