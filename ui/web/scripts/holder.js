/* What the holder of a link can do: check in by the code, say that they are late, give it up, get a mail. */
import { html, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Dialog } from './dialog.js';
import { Field } from './field.js';
import { dropTickets, language } from './patient.js';

/* { status, data }: status 0 = no answer. */
async function send(method, path, body) {
  const answer = await fetch(path, { method, cache: 'no-store', headers: { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) }).catch(() => null);
  const data = await answer?.json().catch(() => null);
  return { status: answer?.status ?? 0, ok: answer?.ok ?? false, data };
}

export function Note({ of, values = {}, icon = 'info' }) {
  return html`<section class="card slip" role="status"><h2><${Icon} name=${icon} size="28" /><span>${say(of, values)}</span></h2><p>${say(`${of}.help`, values)}</p></section>`;
}

/* Straight from the booking: said once. */
export function Booked({ ticket }) {
  const [fresh] = useState(() => location.hash === '#booked');
  return fresh && ticket.state === 'reserved' && html`<h1 class="booked"><${Icon} name="check" size="28" /><span>${say('own.booked')}</span></h1>`;
}

/* One code a person; who has arrived needs none any more. */
function Codes({ ticket }) {
  const away = ticket.party.filter((one) => one.code && one.state === 'reserved');
  return away.length > 0 && html`<section class="card codes"><h2>${say('own.qr')}</h2>
    ${away.map((one) => html`<figure key=${one.code}>${ticket.party.length > 1 && html`<figcaption class="number">${one.number}</figcaption>`}
      <img src=${`/api/v1/tickets/${one.code}/qr`} width="220" height="220" alt=${text('own.qr.of', { number: one.number })} />
      <p class="note">${say('own.qr.help', { number: one.number })}</p></figure>`)}</section>`;
}

function Cancel({ ticket, busy, onClose, onAct }) {
  const mine = ticket.party.filter((one) => one.state === 'reserved' || one.state === 'waiting');
  const [all, setAll] = useState(false);
  const numbers = (all ? mine : [ticket]).map((one) => one.number).join(text('own.and'));
  return html`<${Dialog} title=${say('own.cancel.title', { numbers })} destroy safe=${say('own.cancel.no')} act=${say('own.cancel.yes')} busy=${busy} onClose=${onClose} onAct=${() => onAct(all)}>
    <p>${say('own.cancel.help')}</p>
    ${mine.length > 1 && html`<label class="choice"><input type="checkbox" checked=${all} onChange=${(e) => setAll(e.target.checked)} /><span>${say('own.cancel.all')}</span></label>`}<//>`;
}

function Mail({ ticket, base, onTicket, onFail }) {
  const [address, setAddress] = useState('');
  const [wrong, setWrong] = useState(false);
  const field = useRef(null);
  const n = ticket.come_now_at;
  const act = async (method, body) => {
    const answer = await send(method, `${base}/mail`, body);
    setWrong(answer.status === 400);
    if (answer.status === 400) field.current.focus();
    else if (answer.ok) onTicket(answer.data);
    else onFail(answer.status);
  };
  if (ticket.mail === 'sent' || ticket.mail === 'failed') return html`<p class="card" role="status">${say(`own.mail.${ticket.mail}`)}</p>`;
  if (ticket.mail === 'waiting') {
    return html`<section class="card"><p role="status">${say('own.mail.waiting', { n })}</p><button type="button" class="button" onClick=${() => act('DELETE')}>${say('own.mail.stop')}</button></section>`;
  }
  if (!ticket.may.mail) return null;
  return html`<form class="card" novalidate onSubmit=${(e) => { e.preventDefault(); act('PUT', { address: address.trim(), language }); }}>
    <h2>${say('own.mail')}</h2><p class="note">${say('own.mail.help', { n })}</p>
    <${Field} id="address" label=${say('own.mail.label')} error=${wrong && say('own.mail.wrong')} value=${address} onInput=${setAddress} input=${field}
      type="email" inputmode="email" autocomplete="email" autocapitalize="none" spellcheck="false" />
    <button type="submit" class="button second wide">${say('own.mail.do')}</button></form>`;
}

export function Acts({ ticket, code, lost, onTicket, onGone }) {
  const [asking, ask] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const base = `/api/v1/tickets/${encodeURIComponent(code)}`;
  const failed = (status) => { setProblem(status === 409 ? 'own.moved' : 'own.failed'); if (status) onGone(); };
  const act = async (path, body) => {
    setBusy(true);
    const answer = await send('POST', base + path, body);
    setBusy(false);
    ask(false);
    setProblem('');
    if (answer.ok && body?.all) dropTickets(ticket.party.map((one) => one.code));
    if (answer.ok) onTicket(answer.data);
    else failed(answer.status);
  };
  const { may, late, state } = ticket;
  const away = ['reserved', 'waiting', 'absent', 'called'].includes(state);
  return html`${problem && html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${say(problem)}</strong><p>${say(`${problem}.help`)}</p></div></div>`}
    <${Codes} ticket=${ticket} />
    ${late > 0 && away && html`<${Note} of="own.late.done" icon="check" />`}
    ${!lost && html`<${Mail} ticket=${ticket} base=${base} onTicket=${onTicket} onFail=${failed} />`}
    ${!lost && (may.late || may.cancel) && html`<div class="acts">
      ${may.late && html`<button type="button" class="button" aria-disabled=${busy ? 'true' : null} onClick=${() => !busy && act('/late')}>${say('own.late')}</button>`}
      ${may.cancel && html`<button type="button" class="button danger" onClick=${() => ask(true)}>${say('own.cancel')}</button>`}</div>`}
    ${may.cancel && html`<p class="note">${say('own.link')}</p>`}
    ${asking && html`<${Cancel} ticket=${ticket} busy=${busy} onClose=${() => ask(false)} onAct=${(all) => act('/cancellation', { all })} />`}`;
}
