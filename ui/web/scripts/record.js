/* What was done today, by whom and where; and how an act of the log is told in words. */
import { html, useEffect, useState } from './preact.js';
import { say, text } from './words.js';
import { call } from './api.js';
import { Dialog } from './dialog.js';
import { roomName } from './acts.js';
import { digits } from './when.js';

const WORDS = {
  ticket_called: 'did.call', called_number: 'did.call', ticket_recalled: 'did.recall', ticket_absent: 'did.absent', ticket_held: 'did.hold',
  ticket_waiting: 'did.wait', ticket_in_room: 'did.in_room', ticket_in_exam: 'did.exam', ticket_done: 'did.done', ticket_cancelled: 'did.cancel',
  ticket_restored: 'did.restore', ticket_arrived: 'did.arrive', slip_requested: 'did.slip', intake_paused: 'did.paused', intake_resumed: 'did.resumed',
  message: 'did.message.changed', undone: 'did.undo', session_closed: 'did.ended', ticket_prioritised: 'did.priority',
};

export function wordsOf(view, act) {
  const desk = view.desks.find((one) => one.desk_no === act.desk_no);
  const values = { number: act.number, room: roomName(view, act.room) || desk?.name || '', desk: desk?.name ?? '' };
  if (act.kind === 'ticket_back') return text(act.places ? 'did.back' : 'did.last', values);
  if (act.kind === 'ticket_transferred') return text(desk?.kind === 'payment' ? 'did.pay' : 'did.move', values);
  return text(WORDS[act.kind] ?? 'did.other', values);
}

export const deviceName = (view, act) => view.devices?.find((one) => one.device === act.device)?.name ?? text('notice.device');

/* The latest first. late: done at a kiosk while its line was down. */
export function useActs(site, open = true) {
  const [acts, setActs] = useState(null);
  useEffect(() => {
    if (!open) return;
    call('GET', `/api/v1/sites/${encodeURIComponent(site)}/acts`).then(({ ok, data }) => setActs(ok ? data.acts : []));
  }, [site, open]);
  return acts;
}

export function Acts({ view, acts }) {
  return html`<table class="keylist record"><caption class="hear">${say('record')}</caption>
    <thead><tr><th scope="col">${say('record.time')}</th><th scope="col">${say('record.act')}</th><th scope="col">${say('record.who')}</th></tr></thead>
    <tbody>${acts.map((act) => html`<tr key=${act.seq}><th scope="row">${digits(act.at)}</th><td>${wordsOf(view, act)}
      ${act.verdict !== 'applied' && html` <em class="tag plain">${say('record.refused')}</em>`}</td>
      <td>${act.user || say('record.nobody')}${act.device && html` <em class=${`tag ${act.late ? '' : 'plain'}`}>${say(act.late ? 'record.late' : 'record.kiosk', { device: deviceName(view, act) })}</em>`}</td></tr>`)}</tbody></table>`;
}

export function Record({ view, site, onClose }) {
  const acts = useActs(site);
  return html`<${Dialog} title=${say('record')} safe=${say('record.close')} onClose=${onClose} wide>
    ${!acts ? html`<div class="bars"><i></i><i></i><i></i></div>` : acts.length ? html`<${Acts} view=${view} acts=${acts} />` : html`<p>${say('record.none')}</p>`}<//>`;
}
