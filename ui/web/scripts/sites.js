/* All sites of a contractor: the one that has to be approved first stands first. */
import { html, useEffect, useState } from './preact.js';
import { say } from './words.js';
import { call } from './api.js';
import { date, digits, now } from './when.js';
import { firstToSee, standing } from './plan.js';
import { Waiting } from './load.js';
import { Heading, go } from './shell.js';
import { stateWord } from './model.js';
import { name } from './names.js';

const AT_ONCE = 4; /* requests */

async function readAll(sites, each) {
  const rest = [...sites];
  const one = async () => {
    for (let site = rest.shift(); site; site = rest.shift()) each(site, await call('GET', `/api/v1/sites/${encodeURIComponent(site.site)}/programmes`));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

const rank = ({ programme }) => (programme && standing(programme, now()).phase === 'open' ? programme.deadline : Number.MAX_SAFE_INTEGER);

export function Sites({ sites, onSite }) {
  const [rows, set] = useState([]);
  const load = () => {
    set([]);
    readAll(sites, (site, answer) => set((old) => [...old, { site, failed: !answer.ok, programme: answer.ok ? firstToSee(answer.data.programmes, now()) : null }]));
  };
  useEffect(() => { load(); }, []);
  const open = (site, tab) => { onSite(site.site); go(tab); };
  if (rows.length < sites.length) return html`<${Waiting} />`;
  return html`<div class="head"><${Heading}>${say('sites.title')}<//></div>
    <table class="rows" role="table"><caption class="hear">${say('sites.title')}</caption><thead role="rowgroup"><tr role="row">
      ${['name', 'programme', 'state', 'deadline', 'act'].map((head) => html`<th key=${head} role="columnheader" scope="col" class=${head}>${say(`sites.${head}`)}</th>`)}</tr></thead>
    <tbody role="rowgroup">${[...rows].sort((a, b) => rank(a) - rank(b)).map(({ site, failed, programme }) => html`<tr key=${site.site} role="row">
      <th role="rowheader" scope="row">${site.name}</th><td role="cell">${programme && name(programme)}</td>
      <td role="cell">${failed ? say('loading.failed') : programme ? say(stateWord(programme)) : say('programme.none')}</td>
      <td role="cell">${programme?.distributed ? html`${date(programme.deadline)} <span class="number">${digits(programme.deadline)}</span>` : ''}</td>
      <td role="cell" class="act"><button type="button" class="button second" onClick=${() => open(site, 'programme')}>${say('sites.open')}</button></td></tr>`)}</tbody></table>`;
}
