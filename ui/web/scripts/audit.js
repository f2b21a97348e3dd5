/* What people and devices of a site did, and what was done to them, or what operators did: newest first, by
 * person, kind and days. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Field } from './field.js';
import { digits } from './when.js';
import { Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { Rows } from './rows.js';
import { yearly } from './orders.js';
import { dayOf, startOf } from './month.js';

const PAGE = 50;
const HEADS = ['audit.when', 'audit.who', 'audit.what'];

/* The kinds that a record can hold, as they are chosen from; the words are "did.KIND". */
const LOGIN = ['login', 'login_held', 'password_set', 'reset_made', 'reset_used', 'locked', 'unlocked', 'factor_on', 'factor_off', 'recovery_made', 'recovery_used'];
const PEOPLE = ['person_added', 'person_joined', 'person_removed', 'person_locked', 'person_reset', 'role_staff', 'role_contractor'];
const CONTRACT = ['contract_start', 'contract_suspend', 'contract_resume', 'contract_interrupt', 'contract_uninterrupt', 'contract_discontinue', 'contract_terminate', 'contract_keep', 'contract_end', 'site_exported'];
const SITE = {
  login: LOGIN,
  people: ['user_added', ...PEOPLE],
  devices: ['code_made', 'paired', 'enrol', 'device_revoked', 'device_removed'],
  contents: ['programme_approved', 'programme_swapped', 'content_made', 'content_changed', 'content_removed', 'photo_added', 'upload_begun', 'upload_dropped', 'film_changed', 'film_withdrawn'],
  patients: ['patients', 'patients_cleared'],
  contract: CONTRACT,
};
const OPERATORS = {
  login: LOGIN,
  people: PEOPLE,
  devices: ['device_removed'],
  contents: ['programme_built', 'programme_distributed', 'upload_begun', 'upload_dropped', 'film_changed', 'film_withdrawn'],
  contract: [...CONTRACT, 'hours_announced', 'hours_withdrawn'],
};
const KNOWN = new Set([...Object.values(SITE), ...Object.values(OPERATORS)].flat());
const msOf = (day) => (day ? Date.parse(`${day}T00:00:00+09:00`) : 0);

/* A day's end. */
const endOf = (day) => startOf(dayOf(msOf(day)) + 1);

function useNames(site) {
  const path = `/api/v1/sites/${encodeURIComponent(site)}`;
  const people = useLoaded(site && `${path}/people`);
  const devices = useLoaded(site && `${path}/devices`);
  const names = new Map([...(people.data?.people ?? []).map((one) => [one.user, one.name]), ...(devices.data?.devices ?? []).map((one) => [one.device, one.name || text('machines.nameless')])]);
  return names;
}

function saidOf({ act, subject }, names) {
  if (!KNOWN.has(act)) return text('audit.other', { act });
  if (act.startsWith('contract_')) return text(`did.${act}`, { service: subject && text(`service.${subject}`) });
  return text(`did.${act}`, { subject: names.get(subject) ?? subject });
}

function Row({ act, names, sites }) {
  const name = names.get(act.who) ?? (['admin', 'cloud', ''].includes(act.who) ? text('audit.server') : act.who);
  return html`<tr role="row"><td role="cell" class="number-cell">${yearly(act.at)} <span class="number">${digits(act.at)}</span></td>
    <td role="cell" data-head=${text('audit.who')}><b>${name}</b>${name !== act.who && names.has(act.who) && !/^[0-9a-f-]{36}$/.test(act.who) && html`<span class="note">${act.who}</span>`}</td>
    <td role="cell" data-head=${text('audit.what')}>${saidOf(act, names)}${sites && act.site && html`<b class="note">${sites.get(act.site) ?? ''}</b>`}${act.address && act.address !== 'admin' && html`<span class="note">${say('audit.address', { address: act.address })}</span>`}</td></tr>`;
}

function Asks({ ask, onAsk, names, kinds, wrong }) {
  const field = (key) => (value) => onAsk({ ...ask, [key]: value });
  return html`<form class="panel asks" onSubmit=${(e) => e.preventDefault()}><div class="row">
    <${Field} id="audit-who" label=${text('audit.who')} value=${ask.who} onInput=${field('who')}><option value="">${text('audit.all')}</option>
      ${[...names].map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}<//>
    <${Field} id="audit-kind" label=${text('audit.kind')} value=${ask.act} onInput=${field('act')}><option value="">${text('audit.all')}</option>
      ${Object.keys(kinds).map((kind) => html`<optgroup key=${kind} label=${text(`audit.kind.${kind}`)}>${kinds[kind].map((act) => html`<option key=${act} value=${act}>${text(`kind.did.${act}`)}</option>`)}</optgroup>`)}<//>
    <${Field} id="audit-from" type="date" label=${text('audit.from')} error=${wrong && text('audit.wrong')} value=${ask.from} onInput=${field('from')} />
    <${Field} id="audit-to" type="date" label=${text('audit.to')} wrong=${wrong} value=${ask.to} onInput=${field('to')} /></div></form>`;
}

function Turn({ pages, next, onTurn }) {
  const older = () => { if (next) onTurn([...pages, next]); };
  const newer = () => { if (pages.length) onTurn(pages.slice(0, -1)); };
  return (pages.length > 0 || next) && html`<div class="pages"><p class="note" role="status">${say('audit.page', { n: pages.length + 1 })}</p>
    <div class="row"><button type="button" class="button" aria-disabled=${pages.length ? null : 'true'} onClick=${newer}>${say('audit.newer')}</button>
      <button type="button" class="button" aria-disabled=${next ? null : 'true'} onClick=${older}>${say('audit.older')}</button></div></div>`;
}

/* One site's, or with `sites`, all of them, the operators'. */
export function Audit({ site = '', clinic, sites }) {
  const named = sites && new Map(sites.map((one) => [one.site, one.name]));
  const names = useNames(site);
  const [ask, set] = useState({ who: '', act: '', from: '', to: '' });
  const [pages, turn] = useState([]); /* what follows after each page that was turned over */
  const wrong = Boolean(ask.from && ask.to) && msOf(ask.from) > msOf(ask.to);
  const before = pages.at(-1)?.before ?? (ask.to ? String(endOf(ask.to)) : '');
  const query = new URLSearchParams({ limit: PAGE, ...(ask.who && { who: ask.who }), ...(ask.act && { act: ask.act }), ...(ask.from && { from: String(msOf(ask.from)) }), ...(before && { before }), ...(pages.length && { after: pages.at(-1).after }) });
  const { data, failed, again } = useLoaded(wrong ? '' : `${site ? `/api/v1/sites/${encodeURIComponent(site)}` : '/api/v1'}/audit?${query}`);
  const asked = (next) => { set(next); turn([]); };
  for (const one of data?.acts ?? []) if (one.who && !['admin', 'cloud'].includes(one.who) && !names.has(one.who)) names.set(one.who, one.who);
  const next = data?.next && { after: data.next, before: String(data.acts.at(-1).at) };
  return html`<div class="head"><div>${clinic && html`<p class="note">${clinic}</p>`}<${Heading}>${say('audit.title')}<//><p>${say(site ? 'audit.lead' : 'audit.operators')}</p></div></div>
    <${Asks} ask=${ask} onAsk=${asked} names=${names} kinds=${site ? SITE : OPERATORS} wrong=${wrong} />
    ${!data ? !wrong && html`<${Waiting} failed=${failed} again=${again} />` : data.acts.length ? html`<${Rows} title="audit.title" heads=${HEADS}>${data.acts.map((act, i) => html`<${Row} key=${`${act.at}${i}`} act=${act} names=${names} sites=${named} />`)}<//>` : html`<p class="panel empty" role="status">${say('audit.none')}</p>`}
    ${data && html`<${Turn} pages=${pages} next=${next} onTurn=${(all) => { turn(all); window.scrollTo(0, 0); document.querySelector('main h1').focus(); }} />`}`;
}
