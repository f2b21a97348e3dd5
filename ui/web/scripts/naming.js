/* A patient's name beside their number: for the staff's own pages, until the end of the day. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';

const LETTERS_MAX = 50;

/* As the server keeps it: one form for what is typed in two ways, no spaces around it. */
export const cleaned = (name) => name.normalize('NFC').trim();

/* What is wrong with a name, '' = nothing: told before it is sent. */
export function faultOf(name) {
  const letters = [...cleaned(name)];
  if (letters.length > LETTERS_MAX) return text('name.long', { max: LETTERS_MAX, n: letters.length });
  return /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/u.test(name) ? text('name.letters') : '';
}

/* For finding somebody: whatever the width of the letters, and with or without spaces. */
export const plain = (words) => words.normalize('NFKC').replace(/\s/g, '').toUpperCase();

export const Named = ({ ticket }) => ticket.name && html`<b class="person">${say('name.of', { name: ticket.name })}</b>`;

/* onDone: the input method's Enter only ends the word that is being written. */
export function NameField({ id, label, hint, fault, value, onInput, onDone }) {
  return html`<div class="field"><label for=${id}>${label}</label><p class="note" id=${`${id}-hint`}>${hint}</p>
    ${fault && html`<p class="wrong" id=${`${id}-error`} role="alert">${fault}</p>`}
    <input id=${id} autocomplete="off" aria-describedby=${`${id}-hint${fault ? ` ${id}-error` : ''}`} aria-invalid=${fault ? 'true' : null}
      value=${value} onInput=${(e) => onInput(e.target.value)} onKeyDown=${(e) => { if (e.key === 'Enter' && !e.isComposing && onDone) onDone(); }} /></div>`;
}

/* Gives a name, corrects it, or takes it away where the field is emptied. */
export function Name({ ticket, site, onClose }) {
  const [name, set] = useState(ticket.name ?? '');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState('');
  const fault = faultOf(name) || failed;
  const words = cleaned(name), off = !words && ticket.name;
  const put = async () => {
    if (busy || faultOf(name)) return;
    if (words === (ticket.name ?? '')) { onClose(); return; }
    setBusy(true);
    const path = `/api/v1/sites/${encodeURIComponent(site)}/tickets/${ticket.ticket}/name`;
    const answer = await (words ? call('PUT', path, { name: words }) : call('DELETE', path));
    setBusy(false);
    if (answer.ok) onClose();
    else setFailed(text(answer.status === 0 ? 'name.offline' : answer.status === 404 ? 'name.gone' : 'name.failed'));
  };
  const n = { number: ticket.number }, form = ticket.name ? '.change' : '';
  return html`<${Dialog} title=${say(`name.title${form}`, n)} safe=${say(`name.no${form}`)} act=${off ? say('name.off') : say(`name.yes${form}`)} busy=${busy} onClose=${onClose} onAct=${put}>
    <${NameField} id="name" label=${say('name.label')} hint=${say(`name.hint${form}`)} fault=${fault} value=${name}
      onInput=${(words) => { set(words); setFailed(''); }} onDone=${put} /><//>`;
}
