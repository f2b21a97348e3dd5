/* The devices of a site: how they are, and taking one out of use that was lost, sold or sent back. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { Field } from './field.js';
import { date, digits } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { Rows } from './rows.js';

addShapes({ add: 'M12 4v16M4 12h16', gone: 'M6 6l12 12M18 6L6 18' });

const AGAIN_MS = 15000;
const HEADS = ['machines.name', 'machines.letter', 'machines.state', 'machines.health', 'machines.enrolled', 'machines.act'];
const TROUBLES = ['power', 'storage', 'heat', 'space'];
const SHAPES = { on: 'check', off: 'lost', revoked: 'gone' };
const nameOf = (one) => one.name || text('machines.nameless');
const stateOf = (one) => (one.revoked ? 'revoked' : one.online ? 'on' : 'off');

function Revoke({ machine, path, onClose, onDone }) {
  const [state, set] = useState({ busy: false, problem: '' });
  const n = { name: nameOf(machine) };
  const act = async () => {
    set({ busy: true, problem: '' });
    const answer = await call('DELETE', `${path}/${machine.device}`);
    if (answer.ok) onDone(text('machines.revoke.done', n));
    else set({ busy: false, problem: 'machines.problem' });
  };
  return html`<${Dialog} title=${say('machines.revoke.title', n)} destroy safe=${say('machines.revoke.no')} act=${say(state.busy ? 'machines.busy' : 'machines.revoke.yes')} busy=${state.busy} onClose=${onClose} onAct=${act}>
    <p>${say('machines.revoke.help')}</p><p>${say('machines.revoke.back')}</p><${Problem} of=${state.problem} /><//>`;
}

const PROBLEMS = { 400: 'wrong', 404: 'unknown', 409: 'taken', 429: 'often' };

/* A new card or board in the place of one: its screen shows eight letters, this one's place goes to it. */
function Replace({ machine, site, onClose, onDone }) {
  const [code, setCode] = useState('');
  const [state, set] = useState({ busy: false, problem: '' });
  const n = { name: nameOf(machine) };
  const act = async () => {
    set({ busy: true, problem: '' });
    const answer = await call('POST', `/api/v1/sites/${encodeURIComponent(site)}/pairings`, { code: code.normalize('NFKC').trim(), replaces: machine.device });
    if (answer.ok) onDone(text('machines.replace.done', n));
    else set({ busy: false, problem: `machines.replace.${PROBLEMS[answer.status] ?? 'offline'}` });
  };
  return html`<${Dialog} title=${say('machines.replace.title', n)} safe=${say('machines.replace.no')} act=${say(state.busy ? 'machines.busy' : 'machines.replace.yes')} busy=${state.busy} onClose=${onClose} onAct=${act}>
    <p>${say('machines.replace.help')}</p><p>${say('machines.replace.old')}</p>
    <${Field} id="replace-code" label=${text('machines.replace.code')} hint=${text('machines.replace.code.hint')} value=${code} onInput=${setCode} autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16" />
    <${Problem} of=${state.problem} /><//>`;
}

/* What nobody tells is unknown: neither a zero nor all is well. */
const value = (key, n) => (n == null ? text('machines.value.unknown') : text(`machines.value.${key}`, { n }));
const word = (one) => (one == null ? text('machines.value.unknown') : text(`machines.value.${one}`));
const sum = (a, b) => (a == null || b == null ? a ?? b : a + b);

function Health({ of: health }) {
  if (!health) return html`<span class="note">${say('machines.untold')}</span>`;
  const troubles = health.troubles.filter((one) => TROUBLES.includes(one));
  const parts = { voltage: word(health.voltage), celsius: value('celsius', health.celsius),
    errors: value('count', sum(health.fs_errors, health.io_errors)), worn: value('percent', health.worn), clock: word(health.clock),
    space: value('mb', health.spaces.find((one) => one.records)?.free_mb) };
  const told = [health.voltage, health.celsius, sum(health.fs_errors, health.io_errors), health.worn].some((one) => one != null);
  return html`${troubles.map((one) => html`<span key=${one} class="shape off"><${Icon} name="warning" size="20" /><b>${say(`machines.${one}`)}</b></span>`)}
    ${!troubles.length && told && html`<b>${say('machines.well')}</b>`}
    ${Object.entries(parts).map(([part, shown]) => html`<span key=${part} class="note">${say(`machines.part.${part}`, { value: shown })}</span>`)}`;
}

function Row({ machine, onRevoke, onReplace }) {
  const state = stateOf(machine);
  const cell = (head) => text(`machines.${head}`);
  return html`<tr role="row" data-device=${machine.device}><th role="rowheader" scope="row">${nameOf(machine)}</th><td role="cell" data-head=${cell('letter')}>${machine.letter || '—'}</td>
    <td role="cell"><span class=${`shape ${state}`}><${Icon} name=${SHAPES[state]} size="20" /><b>${say(machine.replaced_by ? 'machines.replaced' : `machines.${state}`)}</b></span>
      ${state === 'off' && html`<span class="note">${machine.seen ? say('machines.seen', { time: `${date(machine.seen)} ${digits(machine.seen)}` }) : say('machines.never')}</span>`}${machine.revoked > 0 && html`<span class="note">${date(machine.revoked)} ${digits(machine.revoked)}</span>`}</td>
    <td role="cell" data-head=${cell('health')}><${Health} of=${machine.revoked ? null : machine.health} /></td>
    <td role="cell" data-head=${cell('enrolled')}>${date(machine.enrolled)}</td>
    <td role="cell" class="act">${!machine.replaced_by && html`<button type="button" class="button" aria-label=${text('machines.replace.of', { name: nameOf(machine) })} onClick=${() => onReplace(machine)}>${say('machines.replace')}</button>`}
      ${!machine.revoked && html`<button type="button" class="button danger" aria-label=${text('machines.revoke.of', { name: nameOf(machine) })} onClick=${() => onRevoke(machine)}>${say('machines.revoke')}</button>`}</td></tr>`;
}

export function Machines({ site, clinic }) {
  const path = `/api/v1/sites/${encodeURIComponent(site)}/devices`;
  const { data, failed, again } = useLoaded(path, AGAIN_MS);
  const [asking, ask] = useState(null);
  const [replacing, replace] = useState(null);
  const [done, setDone] = useState('');
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const finish = async (words) => {
    ask(null);
    replace(null);
    setDone(words);
    await again();
    document.querySelector('main h1').focus();
  };
  const sorted = [...data.devices].sort((a, b) => Number(a.revoked > 0) - Number(b.revoked > 0));
  return html`<div class="head"><div><p class="note">${clinic}</p><${Heading}>${say('machines.title')}<//></div><div class="acts"><a class="button second" href="/pair/"><${Icon} name="add" size="20" />${say('machines.add')}</a></div></div>
    <div role="status">${done && html`<div class="banner info"><${Icon} name="check" /><div><strong>${done}</strong></div></div>`}</div>
    ${sorted.length ? html`<${Rows} title="machines.title" heads=${HEADS}>${sorted.map((one) => html`<${Row} key=${one.device} machine=${one} onRevoke=${ask} onReplace=${replace} />`)}<//>` : html`<div class="panel empty"><p><b>${say('machines.none')}</b></p><p>${say('machines.none.help')}</p></div>`}
    ${replacing && html`<${Replace} machine=${replacing} site=${site} onClose=${() => replace(null)} onDone=${finish} />`}
    ${asking && html`<${Revoke} machine=${asking} path=${path} onClose=${() => ask(null)} onDone=${finish} />`}`;
}
