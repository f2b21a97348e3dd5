/* The day sheet: the numbers of the day on A4, to be printed or kept beside the screen. */
import { html, useEffect } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { roomName } from './acts.js';
import { Named } from './naming.js';
import { date, digits, now } from './when.js';

const LAST = ['done', 'cancelled'];

function Lines({ view, named }) {
  return view.tickets.slice().sort((a, b) => a.accepted - b.accepted).map((ticket) => {
    const service = view.services.find((one) => one.id === ticket.service)?.name ?? '';
    const notes = [ticket.family && text('sheet.family'), ticket.priority > 0 && text('note.reason', { reason: ticket.reason }),
      ticket.calls > 1 && text('note.calls', { n: ticket.calls }), ticket.reissues > 0 && text('sheet.reissued', { n: ticket.reissues })].filter(Boolean);
    return html`<tr key=${ticket.ticket}><th scope="row" class="number">${ticket.number}</th>${named && html`<td><${Named} ticket=${ticket} /></td>`}<td>${service}</td><td>${say(`from.${ticket.channel}`)}</td>
      <td class="number">${digits(ticket.accepted)}</td><td class="number">${ticket.called ? digits(ticket.called) : ''}</td><td>${roomName(view, ticket.room)}</td>
      <td>${say(`state.${ticket.state}`)}</td><td>${notes.join(text('note.join'))}</td></tr>`;
  });
}

export function Sheet({ view, onClose }) {
  useEffect(() => {
    document.body.classList.add('on-sheet');
    document.title = text('sheet.page', { date: date(now()), clinic: view.clinic.name });
    return () => document.body.classList.remove('on-sheet');
  }, []);
  const count = (states) => view.tickets.filter((ticket) => states.includes(ticket.state)).length;
  const named = view.tickets.some((ticket) => ticket.name);
  return html`<main class="sheet"><p class="sheet-acts"><button type="button" class="button" onClick=${onClose}>${say('sheet.back')}</button>
      <button type="button" class="button first" onClick=${() => window.print()}><${Icon} name="printer" size="22" />${say('sheet.print')}</button></p>
    <h1>${say('sheet', { date: date(now()) })}</h1><p>${view.clinic.name} ${view.session && say(`session.${view.session.kind}`)}</p>
    <p>${say('sheet.sum', { all: view.tickets.length, done: count(['done']), cancelled: count(['cancelled']), open: view.tickets.filter((one) => !LAST.includes(one.state)).length, time: digits(now()) })}</p>
    <table><caption class="hear">${say('sheet.caption')}</caption>
      <thead><tr>${['number', ...(named ? ['name'] : []), 'service', 'from', 'accepted', 'called', 'room', 'state', 'note'].map((key) => html`<th key=${key} scope="col">${say(`sheet.${key}`)}</th>`)}</tr></thead>
      <tbody><${Lines} view=${view} named=${named} /></tbody></table>
    ${!view.tickets.length && html`<p>${say('sheet.none')}</p>`}</main>`;
}
