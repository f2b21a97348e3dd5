/* The console's list: groups, rows, and the tray that a row unfolds in place. */
import { html, useEffect, useRef } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Chip } from './chips.js';
import { ACTS, actsOf, isLate, isNext, movesOf, roomName } from './acts.js';
import { Named } from './naming.js';
import { digits, minutesSince } from './when.js';

const PRIMARY = ['call'];

/* Two lines of time: [large, small]. */
function timeOf(ticket) {
  const age = minutesSince(ticket.accepted);
  switch (ticket.state) {
    case 'called': {
      const ago = minutesSince(ticket.called);
      return [digits(ticket.called), ago ? text('time.ago', { n: ago }) : text('time.just')];
    }
    case 'in_room': {
      const since = minutesSince(ticket.called);
      return [digits(ticket.called), since ? text('time.minutes', { n: since }) : text('time.just')];
    }
    case 'absent': return [digits(ticket.called || ticket.accepted), text(ticket.called ? 'time.called' : 'time.accepted')];
    case 'waiting': return [text('time.minutes', { n: age }), text('time.waiting')];
    case 'reserved': return [digits(ticket.accepted), text('time.reserved')];
    default: return [digits(ticket.accepted), text('time.accepted')];
  }
}

/* Service, and what else is worth a glance. */
function What({ view, ticket }) {
  const service = view.services.find((one) => one.id === ticket.service)?.name ?? '';
  const from = text('from.at', { from: text(`from.${ticket.channel}`), time: digits(ticket.accepted) });
  const notes = [];
  if (['called', 'in_room'].includes(ticket.state)) notes.push(roomName(view, ticket.room));
  else if (ticket.state === 'absent') notes.push(text('note.absent'));
  else notes.push(from);
  if (ticket.calls > 1) notes.push(text('note.calls', { n: ticket.calls }));
  if (ticket.priority > 0 && ticket.reason) notes.unshift(text('note.reason', { reason: ticket.reason }));
  const others = ticket.family ? view.tickets.filter((one) => one.family === ticket.family && one !== ticket && one.ticket !== ticket.ticket) : [];
  if (others.length) notes.push(text('note.family', { numbers: others.map((one) => one.number).join(text('note.join')) }));
  if (isLate(ticket)) notes.unshift(text('note.late', { time: digits(ticket.late) }));
  if (ticket.reissues > 0) notes.push(text('note.slip', { n: ticket.reissues }));
  return html`<span class="what"><${Named} ticket=${ticket} /><b>${service || from}${ticket.priority > 0 && html` <em class="tag">${say('note.priority')}</em>`}${isLate(ticket) && html` <em class="tag plain">${say('note.late.tag')}</em>`}${ticket.unsent && html` <em class="tag plain">${say('line.unsent')}</em>`}</b>
    ${service && html`<span class="note">${notes.filter(Boolean).join(text('note.join'))}</span>`}</span>`;
}

function Act({ act, ticket, busy, onAct, desk, keys, row }) {
  const words = act === 'move' ? text('act.move', { desk: desk.name }) : text(`act.${act}`);
  const kind = PRIMARY.includes(act) ? 'second' : act === 'cancel' ? 'danger' : '';
  const working = busy.startsWith(`${ticket.ticket}:`);
  const key = keys && ACTS[act]?.key ? ACTS[act].key.slice(3) : null;
  return html`<button type="button" class=${`button ${kind}`} tabindex=${row ? null : -1} aria-keyshortcuts=${key}
    aria-disabled=${working ? 'true' : null} onClick=${() => onAct(ticket, act, desk)}>
    <span><span class="hear">${text('act.of', { number: ticket.number })}</span>${words}</span>
    ${key && html`<kbd class="keys" aria-hidden="true">${key}</kbd>`}</button>`;
}

function Tray({ view, ticket, busy, onAct, onClose, letters }) {
  return html`<div class="tray" role="group" id=${`tray-${ticket.ticket}`} aria-label=${text('tray', { number: ticket.number })}>
    ${actsOf(view, ticket).map((act) => html`<${Act} key=${act} act=${act} ticket=${ticket} busy=${busy} onAct=${onAct} keys=${letters} row />`)}
    ${movesOf(view, ticket).map((desk) => html`<${Act} key=${desk.desk_no} act="move" desk=${desk} ticket=${ticket} busy=${busy} onAct=${onAct} row />`)}
    <button type="button" class="button text" onClick=${onClose}>${say('tray.close')} <kbd class="keys" aria-hidden="true">Esc</kbd></button></div>`;
}

function Row({ view, ticket, open, current, busy, onAct, onOpen, onFocus, letters }) {
  const acts = actsOf(view, ticket);
  const [large, small] = timeOf(ticket);
  const row = useRef(null);
  return html`<li class=${`row ${open ? 'open' : ''} ${isNext(view, ticket) ? 'next' : ''}`} ref=${row}
    data-ticket=${ticket.ticket} tabindex=${current ? 0 : -1} onfocusin=${() => onFocus(ticket.ticket)}>
    <div class="line"><${Chip} state=${ticket.state} /><span class="number">${ticket.number}</span>
      <${What} view=${view} ticket=${ticket} />
      <span class="time"><b class="number">${large}</b><span class="note">${small}</span></span>
      ${acts.length > 0 && html`<span class="acts"><${Act} act=${acts[0]} ticket=${ticket} busy=${busy} onAct=${onAct} row=${current} />
      <button type="button" class="button opener" tabindex=${current ? null : -1} aria-expanded=${String(open)}
        aria-controls=${open ? `tray-${ticket.ticket}` : null} aria-label=${text('tray.open', { number: ticket.number })}
        onClick=${() => onOpen(ticket.ticket)}><${Icon} name=${open ? 'up' : 'down'} /></button></span>`}
    </div>
    ${open && html`<${Tray} view=${view} ticket=${ticket} busy=${busy} onAct=${onAct} letters=${letters}
      onClose=${() => { onOpen(''); row.current.focus(); }} />`}
  </li>`;
}

function Group({ group, head, count, ...rest }) {
  if (!group.tickets.length) return null;
  const id = `group-${group.key ?? group.id}`;
  return html`<section class="group" aria-labelledby=${id}><h2 id=${id}>${head} <span>${count}</span></h2>
    <ul class="rows">${group.tickets.map((ticket) => html`<${Row} ...${rest} key=${ticket.ticket} ticket=${ticket}
      open=${rest.opened === ticket.ticket} current=${rest.current === ticket.ticket} />`)}</ul></section>`;
}

/* A row that moves to another group, or leaves, takes the focus with it into nothing: it is given to the
 * row's new place, or to the row that stands where it stood. */
function useKeptFocus(all) {
  const last = useRef(null);
  useEffect(() => {
    const note = (e) => {
      const row = e.target.closest?.('.row');
      last.current = row && { ticket: row.dataset.ticket, at: [...document.querySelectorAll('.row')].indexOf(row) };
    };
    const away = (e) => { if (!e.target.closest?.('.row')) last.current = null; };
    document.addEventListener('focusin', note);
    document.addEventListener('pointerdown', away);
    return () => { document.removeEventListener('focusin', note); document.removeEventListener('pointerdown', away); };
  }, []);
  useEffect(() => {
    if (!last.current || document.activeElement !== document.body) return;
    const rows = [...document.querySelectorAll('.row')];
    const same = rows.find((row) => row.dataset.ticket === last.current.ticket);
    (same ?? rows[Math.min(last.current.at, rows.length - 1)])?.focus();
  }, [all.map((ticket) => ticket.ticket + ticket.state).join()]);
}

export function List({ groups, view, over, onOver, empty, onMove, ...rest }) {
  const shown = groups.filter((group) => group.id !== 'over' || over);
  const all = shown.flatMap((group) => group.tickets);
  const current = all.some((ticket) => ticket.ticket === rest.current) ? rest.current : all[0]?.ticket;
  const ended = groups.find((group) => group.id === 'over');
  useEffect(() => { rest.onOrder(all); });
  useKeptFocus(all);
  return html`<div class="groups" onPointerMove=${onMove} onPointerDown=${onMove}>
    ${shown.map((group) => html`<${Group} ...${rest} key=${group.key ?? group.id} group=${group} view=${view} current=${current}
      head=${group.desk ? say('group.waiting.desk', { desk: group.desk.name }) : say(`group.${group.id}`)}
      count=${say(group.id === 'waiting' ? 'group.order' : 'group.count', { n: group.tickets.length })} />`)}
    ${empty && html`<div class="empty"><h2>${say(empty)}</h2>${empty === 'group.empty' && html`<p>${say('group.empty.help')}</p>`}</div>`}
    ${ended && ended.tickets.length > 0 && html`<button type="button" class="button text" aria-expanded=${String(over)}
      onClick=${onOver}>${say(over ? 'over.hide' : 'over.show', { n: ended.tickets.length })}</button>`}
  </div>`;
}
