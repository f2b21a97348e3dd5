/* /patients/: the list against which bookings from home are checked. It is put and cleared, never shown. */
import { html, useRef, useState } from './preact.js';
import { enter } from './login.js';
import { call, logOut } from './api.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Dialog } from './dialog.js';
import { Field } from './field.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { now } from './when.js';
import { decode, read } from './patients_csv.js';

const PIECE = 2000; /* of the 5000 that one request may have */
const FAULTS_SHOWN = 10;
const count = (n) => n.toLocaleString('ja-JP');

function Faults({ faults, name }) {
  return html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${say('patients.faults', { n: count(faults.length), name })}</strong><p>${say('patients.faults.help')}</p>
    <ul class="faults">${faults.slice(0, FAULTS_SHOWN).map(({ line, why }) => html`<li key=${line}>${say('patients.line', { line, why: text(`why.${why}`) })}</li>`)}</ul>
    ${faults.length > FAULTS_SHOWN && html`<p>${say('patients.faults.more', { n: count(faults.length - FAULTS_SHOWN) })}</p>`}</div></div>`;
}

function Import({ path, onDone }) {
  const [list, set] = useState(null); /* { name, patients, faults } */
  const [sent, setSent] = useState(-1);
  const [problem, setProblem] = useState('');
  const field = useRef(null);
  const choose = async (e) => {
    const [file] = e.target.files;
    setProblem('');
    set(file ? { name: file.name, ...read(decode(await file.arrayBuffer()), now()) } : null);
  };
  const send = async () => {
    const { patients } = list;
    setProblem('');
    for (let at = 0; at < patients.length; at += PIECE) {
      setSent(at);
      const answer = await call('PUT', path, { patients: patients.slice(at, at + PIECE) });
      if (!answer.ok) { setSent(-1); setProblem(answer.status === 409 ? 'patients.full' : at ? 'patients.broken' : 'patients.failed'); return; }
    }
    setSent(-1);
    set(null);
    field.current.value = '';
    onDone(patients.length);
  };
  const ready = list && list.patients.length > 0 && list.faults.length === 0;
  return html`<section class="panel" aria-labelledby="import"><h2 id="import">${say('patients.import')}</h2><p>${say('patients.import.help')}</p><pre class="example">${text('patients.example')}</pre>
    <div class="field"><label for="file">${say('patients.file')}</label><div class="inputs"><input id="file" type="file" accept=".csv,.txt,text/csv,text/plain" ref=${field} onChange=${choose} /></div></div>
    ${list && list.faults.length > 0 && html`<${Faults} faults=${list.faults} name=${list.name} />`}
    ${list && !list.faults.length && html`<p role="status">${say(ready ? 'patients.read' : 'patients.empty', { n: count(list.patients.length), name: list.name })}</p>`}
    <${Problem} of=${problem} />
    ${ready && html`<div class="acts"><button type="button" class="button first" aria-disabled=${sent >= 0 ? 'true' : null} onClick=${() => sent < 0 && send()}>
      ${sent >= 0 ? say('patients.sending', { n: count(sent), all: count(list.patients.length) }) : say('patients.do', { n: count(list.patients.length) })}</button></div>`}</section>`;
}

function Clear({ path, known, onDone }) {
  const [asking, ask] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const clear = async () => {
    setBusy(true);
    const answer = await call('DELETE', path);
    setBusy(false);
    ask(false);
    setProblem(answer.ok ? '' : 'patients.failed');
    if (answer.ok) onDone();
  };
  return html`<section class="panel" aria-labelledby="clear"><h2 id="clear">${say('patients.clear')}</h2><p>${say('patients.clear.help')}</p><${Problem} of=${problem} />
    <div class="acts"><button type="button" class="button danger" onClick=${() => ask(true)}>${say('patients.clear.do')}</button></div>
    ${asking && html`<${Dialog} title=${say('patients.clear.title', { n: count(known) })} destroy safe=${say('patients.clear.no')} act=${say('patients.clear.do')} busy=${busy} onClose=${() => ask(false)} onAct=${clear}><p>${say('patients.clear.after')}</p><//>`}</section>`;
}

function List({ site }) {
  const path = `/api/v1/sites/${site.site}/patients`;
  const { data, failed, again } = useLoaded(path);
  const [done, setDone] = useState('');
  if (!data) return html`<${Waiting} failed=${failed} again=${again} />`;
  const told = (words) => { setDone(words); again(); };
  return html`${done && html`<div class="banner info" role="status"><${Icon} name="check" /><div><strong>${done}</strong></div></div>`}
    <p class="known">${say(data.count ? 'patients.count' : 'patients.none', { n: count(data.count) })}</p>
    <section class="panel" aria-labelledby="kept"><h2 id="kept">${say('patients.kept')}</h2><ul class="kept"><li>${say('kept.use')}</li><li>${say('kept.form')}</li><li>${say('kept.days')}</li><li>${say('kept.names')}</li></ul></section>
    <${Import} path=${path} onDone=${(n) => told(text('patients.done', { n: count(n) }))} />
    ${data.count > 0 && html`<${Clear} path=${path} known=${data.count} onDone=${() => told(text('patients.cleared'))} />`}`;
}

const HOME = { staff: '/staff/', contractor: '/programme/' };

function Page({ who, leave }) {
  const [id, setSite] = useState(who.sites[0].site);
  const site = who.sites.find((one) => one.site === id);
  const out = async () => { await logOut(); leave(); };
  return html`<header class="mast"><img src="/assets/icon.svg" alt="" width="32" height="32" /><p><b>${say('login.house')}</b></p>
    <div class="who"><a class="button" href=${HOME[who.role]}>${say(`patients.home.${who.role}`)}</a><button class="button" type="button" onClick=${out}>${say('logout')}</button></div></header>
    <main class="narrow account"><div><h1>${say('patients.title')}</h1><p>${say('patients.lead')}</p></div>
    ${who.sites.length > 1 ? html`<${Field} id="site" label=${text('patients.site')} value=${id} onInput=${setSite}>${who.sites.map((one) => html`<option key=${one.site} value=${one.site}>${one.name}</option>`)}<//>` : html`<p><b>${site.name}</b></p>`}
    <${List} key=${id} site=${site} /></main>`;
}

enter({ words: 'patients', roles: ['staff', 'contractor'], Page, title: 'patients.page' });
