/* The devices of a site: how they are, and taking one out of use that was lost, sold or sent back. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { date, digits } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { Rows } from './rows.js';

addShapes({ add: 'M12 4v16M4 12h16', gone: 'M6 6l12 12M18 6L6 18' });

const AGAIN_MS = 15000;
const HEADS = ['machines.name', 'machines.letter', 'machines.state', 'machines.enrolled', 'machines.act'];
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

function Row({ machine, onRevoke }) {
  const state = stateOf(machine);
  const cell = (head) => text(`machines.${head}`);
  return html`<tr role="row" data-device=${machine.device}><th role="rowheader" scope="row">${nameOf(machine)}</th><td role="cell" data-head=${cell('letter')}>${machine.letter || '—'}</td>
    <td role="cell"><span class=${`shape ${state}`}><${Icon} name=${SHAPES[state]} size="20" /><b>${say(`machines.${state}`)}</b></span>
      ${state === 'off' && html`<span class="note">${machine.seen ? say('machines.seen', { time: `${date(machine.seen)} ${digits(machine.seen)}` }) : say('machines.never')}</span>`}${machine.revoked > 0 && html`<span class="note">${date(machine.revoked)} ${digits(machine.revoked)}</span>`}</td>
    <td role="cell" data-head=${cell('enrolled')}>${date(machine.enrolled)}</td>
    <td role="cell" class="act">${!machine.revoked && html`<button type="button" class="button danger" aria-label=${text('machines.revoke.of', { name: nameOf(machine) })} onClick=${() => onRevoke(machine)}>${say('machines.revoke')}</button>`}</td></tr>`;
}

export function Machines({ site, clinic }) {
  const path = `/api/v1/sites/${encodeURIComponent(site)}/devices`;
  const { data, failed, again } = useLoaded(path, AGAIN_MS);
  const [asking, ask] = useState(null);
  const [done, setDone] = useState('');
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const finish = async (words) => {
    ask(null);
    setDone(words);
    await again();
    document.querySelector('main h1').focus();
  };
  const sorted = [...data.devices].sort((a, b) => Number(a.revoked > 0) - Number(b.revoked > 0));
  return html`<div class="head"><div><p class="note">${clinic}</p><${Heading}>${say('machines.title')}<//></div><div class="acts"><a class="button second" href="/pair/"><${Icon} name="add" size="20" />${say('machines.add')}</a></div></div>
    <div role="status">${done && html`<div class="banner info"><${Icon} name="check" /><div><strong>${done}</strong></div></div>`}</div>
    ${sorted.length ? html`<${Rows} title="machines.title" heads=${HEADS}>${sorted.map((one) => html`<${Row} key=${one.device} machine=${one} onRevoke=${ask} />`)}<//>` : html`<div class="panel empty"><p><b>${say('machines.none')}</b></p><p>${say('machines.none.help')}</p></div>`}
    ${asking && html`<${Revoke} machine=${asking} path=${path} onClose=${() => ask(null)} onDone=${finish} />`}`;
}
