/* The console's dialogs. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { call } from './api.js';
import { ACTS } from './acts.js';
import { Icon } from './icons.js';
import { Dialog } from './dialog.js';
import { NameField, cleaned, faultOf } from './naming.js';

export function Cancel({ ticket, onClose, onAct }) {
  const n = { number: ticket.number };
  return html`<${Dialog} title=${say('cancel.title', n)} safe=${say('cancel.no')} act=${say('cancel.yes', n)} destroy
    onClose=${onClose} onAct=${onAct}><p>${say('cancel.help', n)}</p><p class="note">${say('cancel.undo')}</p><//>`;
}

/* Is the slip that somebody shows the valid one? */
export function Check({ ticket, site, onClose }) {
  const [code, set] = useState('');
  const [found, setFound] = useState('');
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    if (!code.trim()) return;
    setBusy(true);
    const answer = await call('GET', `/api/v1/sites/${site}/slips?number=${ticket.number}&check=${encodeURIComponent(code.trim())}`);
    const slip = answer.ok && answer.data.tickets.find((one) => one.ticket === ticket.ticket);
    setFound(answer.status === 400 ? 'unknown' : slip ? slip.slip : 'failed');
    setBusy(false);
  };
  const n = { number: ticket.number };
  return html`<${Dialog} title=${say('check.title', n)} safe=${say('check.close')} act=${say('check.ask')} busy=${busy} onClose=${onClose} onAct=${ask}>
    <div class="field"><label for="check">${say('check.label')}</label><p class="note" id="check-hint">${say('check.hint')}</p>
    <input id="check" maxlength="7" autocomplete="off" autocapitalize="characters" aria-describedby="check-hint" value=${code}
      onInput=${(e) => { set(e.target.value); setFound(''); }} onKeyDown=${(e) => { if (e.key === 'Enter') ask(); }} /></div>
    <p role="status">${found && html`<b>${say(`check.${found}`, n)}</b>`}</p><//>`;
}

export function Pause({ onClose, onAct }) {
  return html`<${Dialog} title=${say('pause.title')} safe=${say('pause.no')} act=${say('pause.yes')}
    onClose=${onClose} onAct=${onAct}><p>${say('pause.help')}</p><//>`;
}

function Choices({ legend, name, options, value, onPick }) {
  return html`<fieldset><legend>${legend}</legend>${options.map(([id, words]) => html`<label key=${id} class="choice">
    <input type="radio" name=${name} checked=${id === value} onChange=${() => onPick(id)} /><span>${words}</span></label>`)}</fieldset>`;
}

const PERSONS_MAX = 8;
const CARD_MAX = 32;
const OUTSIDE = ['before', 'break', 'ended', 'closed'];

/* Staff may add somebody whatever the hours are; they are told that the terminal does not. */
function Outside({ view, service }) {
  const desk = view.desks.find((one) => one.desk_no === service?.desk_no);
  if (!OUTSIDE.includes(desk?.intake)) return null;
  return html`<div class="banner" role="status"><${Icon} name="clock" /><div><strong>${say('add.outside')}</strong><p>${say('add.outside.help')}</p></div></div>`;
}

export function Add({ view, onClose, onAct }) {
  const services = view.services;
  const [service, setService] = useState(services[0]?.id);
  const [channel, setChannel] = useState('desk');
  const [persons, setPersons] = useState(1);
  const [card, setCard] = useState('');
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const wanted = services.find((one) => one.id === service);
  const add = async () => {
    if (faultOf(name)) return;
    setBusy(true);
    await onAct(wanted, channel, persons, card.trim(), cleaned(name));
    onClose();
  };
  return html`<${Dialog} title=${say('add.title')} safe=${say('add.no')} act=${say('add.yes')} busy=${busy} onClose=${onClose} onAct=${add}>
    <${Outside} view=${view} service=${wanted} />
    <${Choices} legend=${say('add.service')} name="service" value=${service} onPick=${setService} options=${services.map((one) => [one.id, one.name])} />
    <${Choices} legend=${say('add.channel')} name="channel" value=${channel} onPick=${setChannel}
      options=${[['desk', say('add.desk')], ['phone', say('add.phone')]]} />
    <div class="field"><label for="persons">${say('add.persons')}</label><p class="note" id="persons-hint">${say('add.persons.hint')}</p>
      <select id="persons" aria-describedby="persons-hint" value=${persons} onChange=${(e) => setPersons(Number(e.target.value))}>
        ${Array.from({ length: PERSONS_MAX }, (_, i) => html`<option key=${i} value=${i + 1}>${text('add.persons.n', { n: i + 1 })}</option>`)}</select></div>
    <${NameField} id="name" label=${say('add.name')} hint=${[persons > 1 && say('add.name.family'), say('name.hint')]} fault=${faultOf(name)} value=${name} onInput=${setName} />
    ${channel === 'phone' && html`<div class="field"><label for="card">${say('add.card')}</label><p class="note" id="card-hint">${say('add.card.hint')}</p>
      <input id="card" inputmode="numeric" autocomplete="off" maxlength=${CARD_MAX} aria-describedby="card-hint" value=${card} onInput=${(e) => setCard(e.target.value)} /></div>`}<//>`;
}

const REASON_MAX = 24;
const REASONS = ['fever', 'pain', 'baby', 'test', 'doctor'];

/* The usual reasons are one press; a person is never named. */
export function Priority({ ticket, onClose, onAct }) {
  const [reason, set] = useState('');
  const [missing, miss] = useState(false);
  const act = () => (reason.trim() ? onAct(reason.trim()) : miss(true));
  return html`<${Dialog} title=${say('first.title', { number: ticket.number })} safe=${say('first.no')} act=${say('first.yes')} onClose=${onClose} onAct=${act}>
    <p>${say('first.help')}</p><p class="choices">${REASONS.map((one) => html`<button key=${one} type="button" class="button" aria-pressed=${String(reason === text(`first.${one}`))}
      onClick=${() => { set(text(`first.${one}`)); miss(false); }}>${say(`first.${one}`)}</button>`)}</p>
    <div class="field"><label for="reason">${say('first.label')}</label><p class="note" id="reason-hint">${say('first.hint')}</p>
    ${missing && html`<p class="wrong" id="reason-error" role="alert">${say('first.missing')}</p>`}
    <input id="reason" maxlength=${REASON_MAX} autocomplete="off" aria-describedby=${`reason-hint${missing ? ' reason-error' : ''}`} aria-invalid=${missing ? 'true' : null}
      value=${reason} onInput=${(e) => { set(e.target.value); miss(false); }} /></div><//>`;
}

const MESSAGE_MAX = 160;

export function Message({ message, onClose, onAct }) {
  const [words, set] = useState(message);
  const long = [...words].length > MESSAGE_MAX;
  const clear = message !== '' && words.trim() === '';
  const error = long ? text('message.long', { n: [...words].length }) : '';
  return html`<${Dialog} title=${say('message.title')} safe=${say('message.no')} act=${say(clear ? 'message.off' : 'message.yes')}
    onClose=${onClose} onAct=${() => { if (!long) onAct(words.trim()); }} busy=${long}>
    <div class="field"><label for="message">${say('message.label')}</label><p class="note" id="message-hint">${say('message.hint')}</p>
    ${error && html`<p class="wrong" id="message-error" role="alert">${error}</p>`}
    <textarea id="message" rows="4" aria-describedby=${`message-hint${error ? ' message-error' : ''}`} aria-invalid=${long ? 'true' : null}
      value=${words} onInput=${(e) => set(e.target.value)}></textarea></div><//>`;
}

const EVERYWHERE = [
  ['F2 / N / +', 'keys.next'], ['F8 / *', 'keys.recall'], ['Ctrl+Z', 'keys.undo'], [null, 'keys.goto'], ['/', 'keys.search'],
  ['Alt+1 … Alt+8', 'keys.desk'], ['F9', 'keys.quiet'], ['?', 'keys.list'],
];

export function Keys({ letters, onLetters, onClose }) {
  const rows = [['↑ ↓ Home End', text('keys.move')], ['Enter / Esc', text('keys.tray')],
    ...Object.keys(ACTS).filter((act) => ACTS[act].key).map((act) => [ACTS[act].key.slice(3), text(`act.${act}`)])];
  const table = (caption, list) => html`<table class="keylist"><caption>${caption}</caption>
    <thead><tr><th scope="col">${say('keys.key')}</th><th scope="col">${say('keys.act')}</th></tr></thead>
    <tbody>${list.map(([key, words]) => html`<tr key=${words}><th scope="row">${key}</th><td>${words}</td></tr>`)}</tbody></table>`;
  return html`<${Dialog} title=${say('keys.title')} safe=${say('keys.close')} onClose=${onClose} wide>
    <label class="choice"><input type="checkbox" checked=${letters} onChange=${(e) => onLetters(e.target.checked)} />
      <span>${say('keys.letters')}</span></label>
    <div class="keylists">${table(say('keys.all'), EVERYWHERE.map(([key, words]) => [key ?? text('keys.goto.key'), text(words)]))}
    ${table(say('keys.row'), rows)}</div><//>`;
}
