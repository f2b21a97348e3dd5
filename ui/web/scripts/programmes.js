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

const PROBLEMS = { deadline_passed: 'distribute.problem.deadline', overlap: 'distribute.problem.overlap', offline: 'distribute.problem.offline' };

/* Which sites get it, and what begins with that, is said before it happens. */
function Distribute({ programme, sites, onClose }) {
  const [all, setAll] = useState(true);
  const [some, setSome] = useState([]);
  const [state, set] = useState({ busy: false, problem: '' });
  const count = all ? sites.length : some.length;
  const act = async () => {
    if (!count) { set({ busy: false, problem: 'distribute.problem.none' }); return; }
    set({ busy: true, problem: '' });
    const answer = await call('POST', `/api/v1/programmes/${programme.id}/distribution`, { sites: all ? 'all' : some });
    if (!answer.ok) { set({ busy: false, problem: PROBLEMS[answer.data.error] ?? 'distribute.problem' }); return; }
    tell(text('distribute.done', { what: name(programme), n: answer.data.distributed ?? count }));
    go('approvals', programme.id);
  };
  const turn = (site) => setSome(some.includes(site) ? some.filter((one) => one !== site) : [...some, site]);
  return html`<${Dialog} title=${say('distribute.title', { what: name(programme) })} safe=${say('distribute.no')} act=${say(state.busy ? 'distribute.busy' : 'distribute.yes', { n: count })} busy=${state.busy} onClose=${onClose} onAct=${act}>
    <p>${say('distribute.text', { period: period(programme), date: date(programme.deadline), time: digits(programme.deadline) })}</p><${Problem} of=${state.problem} />
    <fieldset class="hours"><legend>${say('distribute.to')}</legend>
      <label class="choice"><input type="radio" name="to" checked=${all} onChange=${() => setAll(true)} /><span>${say('distribute.all', { n: sites.length })}</span></label>
      <label class="choice"><input type="radio" name="to" checked=${!all} onChange=${() => setAll(false)} /><span>${say('distribute.some')}</span></label>
      ${!all && sites.map((site) => html`<label key=${site.site} class="choice site"><input type="checkbox" checked=${some.includes(site.site)} onChange=${() => turn(site.site)} /><span>${site.name}</span></label>`)}</fieldset><//>`;
}

function Row({ programme, onDistribute }) {
  const out = programme.sites > 0;
  return html`<li class="own wide-row" data-programme=${programme.id}><div class="about"><h2>${name(programme)} <span class="note">${say('version', { n: programme.version })}</span></h2><p>${period(programme)}</p>
      <p>${say('programmes.deadline', { date: date(programme.deadline), time: digits(programme.deadline) })}</p><p class="note">${say('programmes.items', { n: programme.items.length, ...minutes(total(programme.items)) })}</p>
      <${Ribbon} items=${programme.items} approved />
      <p>${out ? say('programmes.out', { n: programme.sites, approved: programme.approved }) : html`<b>${say('programmes.draft')}</b>`}</p></div>
    <div class="acts">${out ? html`<a class="button second" href=${address('approvals', programme.id)}>${say('programmes.open')}</a>` : html`<a class="button" href=${address('programmes', 'make', programme.id)}>${say('programmes.change')}</a>`}
      <a class="button" href=${address('programmes', 'make', `from-${programme.id}`)}>${say('programmes.copy')}</a>
      ${now() < programme.deadline && html`<button type="button" class=${`button ${out ? '' : 'first'}`} aria-label=${text('distribute.of', { what: name(programme) })} onClick=${() => onDistribute(programme)}>${say(out ? 'distribute.more' : 'distribute')}</button>`}</div></li>`;
}

export function Programmes({ sites }) {
  const { data, failed, again } = useLoaded('/api/v1/programmes');
  const [asking, ask] = useState(null);
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  return html`<div class="head"><${Heading}>${say('programmes.title')}<//><div class="acts"><a class="button first" href=${address('programmes', 'make')}><${Icon} name="add" size="20" />${say('programmes.make')}</a></div></div><${Told} />
    ${data.programmes.length ? html`<ul class="owns">${data.programmes.map((one) => html`<${Row} key=${one.id} programme=${one} onDistribute=${ask} />`)}</ul>` : html`<div class="panel empty"><p><b>${say('programmes.none')}</b></p><p>${say('programmes.none.help')}</p></div>`}
    ${asking && html`<${Distribute} programme=${asking} sites=${sites} onClose=${() => ask(null)} />`}`;
}
