/* The people of a site (terms 33): added with a code with which they choose their password, other roles, a
 * loss reported for them, a way back in, removal. Each ends their open screens within seconds. */
import { html, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { Field } from './field.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { date, digits } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading } from './shell.js';
import { Opener, Rows, Tray } from './rows.js';

addShapes({ add: 'M12 4v16M4 12h16', locked: 'M6 11h12v9H6ZM9 11V8a3 3 0 0 1 6 0v3', open: html`<circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="2.6" />` });

const AGAIN_MS = 60000;
const HEADS = ['crew.name', 'crew.role', 'crew.state', 'crew.factor', 'crew.seen', 'crew.act'];
const SHAPES = { locked: 'locked', invited: 'open', active: 'check' };
const time = (ms) => `${date(ms)} ${digits(ms)}`;

const stateOf = (person) => (person.locked ? 'locked' : person.invited ? 'invited' : 'active');
const other = (role) => (role === 'staff' ? 'contractor' : 'staff');

/* A code is shown once, to be handed over; nobody can ask for it again. */
function Code({ made, onClose }) {
  return html`<${Dialog} title=${say('crew.code.title', { name: made.name })} safe=${say('crew.code.close')} onClose=${onClose}>
    <p>${say('crew.code.help', { user: made.user, time: time(made.expires) })}</p><p class="secret number code">${made.code}</p>
    <ol class="steps-to"><li>${say('crew.code.step.1')}</li><li>${say('crew.code.step.2', { user: made.user })}</li></ol><p><b>${say('crew.code.once')}</b></p><//>`;
}

function Role({ role, onRole }) {
  return html`<fieldset class="hours"><legend>${say('crew.role')}</legend>${['staff', 'contractor'].map((one) => html`<label key=${one} class="choice"><input type="radio" name="role" checked=${role === one} onChange=${() => onRole(one)} />
    <span>${say(`role.${one}`)}<span class="note">${say(`role.${one}.may`)}</span></span></label>`)}</fieldset>`;
}

const FAULTS = { taken: 'crew.taken', full: 'crew.full', bad_request: 'crew.wrong' };

function Add({ path, onClose, onDone }) {
  const [user, setUser] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('staff');
  const [state, set] = useState({ busy: false, problem: '' });
  const act = async () => {
    set({ busy: true, problem: '' });
    const answer = await call('POST', path, { user: user.normalize('NFKC').trim().toLowerCase(), name: name.trim(), role });
    if (answer.ok) onDone(answer.status === 201 ? { ...answer.data, name: name.trim() } : null, name.trim());
    else set({ busy: false, problem: FAULTS[answer.data.error] ?? 'crew.problem' });
  };
  return html`<${Dialog} title=${say('crew.add')} safe=${say('crew.add.no')} act=${say(state.busy ? 'crew.busy' : 'crew.add.yes')} busy=${state.busy} onClose=${onClose} onAct=${act}>
    <${Problem} of=${state.problem} />
    <${Field} id="crew-name" label=${text('crew.person')} hint=${text('crew.person.hint')} value=${name} onInput=${setName} autocomplete="off" maxlength="32" />
    <${Field} id="crew-user" label=${text('login.user')} hint=${text('crew.user.hint')} wrong=${state.problem === 'crew.taken' || state.problem === 'crew.wrong'} value=${user} onInput=${setUser} autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="32" />
    <${Role} role=${role} onRole=${setRole} /><//>`;
}

/* What is asked before each act; the words below "crew.ACT". */
const ACTS = {
  reset: { method: 'POST', path: '/reset' },
  lock: { method: 'POST', path: '/lock', destroy: true },
  role: { method: 'PUT', path: '' },
  remove: { method: 'DELETE', path: '', destroy: true },
};

function Ask({ act, person, path, onClose, onDone }) {
  const [state, set] = useState({ busy: false, problem: '' });
  const { method, path: rest, destroy } = ACTS[act];
  const n = { name: person.name, role: text(`role.${other(person.role)}`) };
  const yes = async () => {
    set({ busy: true, problem: '' });
    const answer = await call(method, `${path}/${encodeURIComponent(person.user)}${rest}`, act === 'role' ? { role: other(person.role) } : undefined);
    if (answer.ok) onDone(act === 'reset' ? { ...answer.data, name: person.name } : null, text(`crew.${act}.done`, n));
    else set({ busy: false, problem: answer.status === 409 ? 'crew.not_yours' : 'crew.problem' });
  };
  return html`<${Dialog} title=${say(`crew.${act}.title`, n)} destroy=${destroy} safe=${say(`crew.${act}.no`)} act=${say(state.busy ? 'crew.busy' : `crew.${act}.yes`, n)} busy=${state.busy} onClose=${onClose} onAct=${yes}>
    <p>${say(`crew.${act}.help`, n)}</p><${Problem} of=${state.problem} /><//>`;
}

function Row({ person, open, onOpen, onAct }) {
  const state = stateOf(person);
  const cell = (head) => text(`crew.${head}`);
  return html`<tr role="row" data-user=${person.user}><th role="rowheader" scope="row">${person.name}<span class="note">${person.user}</span></th><td role="cell" data-head=${cell('role')}>${say(`role.${person.role}`)}</td>
      <td role="cell"><span class=${`shape ${state}`}><${Icon} name=${SHAPES[state]} size="20" /><b>${say(`crew.${state}`)}</b></span>${person.locked > 0 && html`<span class="note">${say('crew.since', { time: time(person.locked) })}</span>`}</td>
      <td role="cell" data-head=${cell('factor')}>${say(person.factor ? 'crew.factor.on' : 'crew.factor.off')}</td><td role="cell" data-head=${cell('seen')}>${person.seen ? time(person.seen) : say('crew.seen.never')}</td>
      <td role="cell" class="act">${person.manageable ? html`<${Opener} name=${person.name} open=${open} onOpen=${onOpen} />` : html`<span class="note">${say('crew.not_manageable')}</span>`}</td></tr>
    ${open && html`<${Tray} span=${HEADS.length}>${Object.keys(ACTS).filter((act) => act !== 'lock' || !person.locked).map((act) => html`<button key=${act} type="button" class=${`button ${ACTS[act].destroy ? 'danger' : ''}`} onClick=${() => onAct(act)}>${say(act === 'role' ? 'crew.role.do' : `crew.${act}`, { role: text(`role.${other(person.role)}`) })}</button>`)}<//>`}`;
}

export function Crew({ site, clinic }) {
  const path = `/api/v1/sites/${encodeURIComponent(site)}/people`;
  const { data, failed, again } = useLoaded(path, AGAIN_MS);
  const [open, setOpen] = useState('');
  const [asking, ask] = useState(null);
  const [code, setCode] = useState(null);
  const [done, setDone] = useState('');
  const add = useRef(null);
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const finish = async (made, words) => {
    ask(null);
    setCode(made);
    setDone(made ? '' : words);
    setOpen('');
    await again();
    if (!made) document.querySelector('main h1').focus();
  };
  return html`<div class="head"><div><p class="note">${clinic}</p><${Heading}>${say('crew.title')}<//></div><div class="acts"><button type="button" class="button first" ref=${add} onClick=${() => ask({ act: 'add' })}><${Icon} name="add" size="20" />${say('crew.add')}</button></div></div>
    <div role="status">${done && html`<div class="banner info"><${Icon} name="check" /><div><strong>${done}</strong></div></div>`}</div>
    <${Rows} title="crew.title" heads=${HEADS}>${data.people.map((person) => html`<${Row} key=${person.user} person=${person} open=${open === person.user} onOpen=${() => setOpen(open === person.user ? '' : person.user)} onAct=${(act) => ask({ act, person })} />`)}<//>
    ${asking?.act === 'add' && html`<${Add} path=${path} onClose=${() => ask(null)} onDone=${(made, name) => finish(made, text('crew.joined', { name }))} />`}
    ${asking?.person && html`<${Ask} act=${asking.act} person=${asking.person} path=${path} onClose=${() => ask(null)} onDone=${finish} />`}
    ${code && html`<${Code} made=${code} onClose=${() => { setCode(null); add.current.focus(); }} />`}`;
}
