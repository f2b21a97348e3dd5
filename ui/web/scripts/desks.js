/* The desks: whom they call, whom they would call next, in which room; and how the devices are. */
import { html } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Chip } from './chips.js';
import { calledAt, healthOf, roomName } from './acts.js';
import { Named } from './naming.js';
import { digits, minutesSince, now } from './when.js';

function since(ms) {
  const n = minutesSince(ms);
  return text(n ? 'desk.since' : 'desk.since.now', { time: digits(ms), n });
}

function Brief({ view, ticket }) {
  return html`<p class="brief"><${Chip} state="called" /><b class="number">${ticket.number}</b><${Named} ticket=${ticket} />
    <span class="note">${roomName(view, ticket.room)} ${since(ticket.called)}</span></p>`;
}

/* The latest call is the large figure. 再呼出 入室 不在 beside the number that is being called; at the payment desk 終了 for 入室. */
function Called({ view, desk, ticket, busy, onAct, first }) {
  const acts = desk.kind === 'payment' ? ['recall', 'done', 'absent'] : ['recall', 'in_room', 'absent'];
  const working = busy.startsWith(`${ticket.ticket}:`);
  return html`<div class="called">${first ? html`<div class="figure">
      <p class="plate-call right"><b class="number">${ticket.number}</b><span>${say('state.called')}</span></p>
      <p class="plate-door"><${Icon} name=${desk.kind === 'payment' ? 'yen' : 'door'} size="28" />
        <span><b>${roomName(view, ticket.room)}</b><span class="sub">${since(ticket.called)}</span></span></p>${ticket.name && html`<p class="whose"><${Named} ticket=${ticket} /></p>`}</div>`
    : html`<${Brief} view=${view} ticket=${ticket} />`}
    <div class="three">${acts.map((act) => html`<button key=${act} type="button" class="button" aria-disabled=${working ? 'true' : null}
      onClick=${() => onAct(ticket, act)}><span><span class="hear">${text('act.of', { number: ticket.number })}</span>${say(`act.${act}`)}</span>
      ${first && act === 'recall' && html`<kbd class="keys" aria-hidden="true">F8</kbd>`}</button>`)}</div></div>`;
}

function Rooms({ desk, room, onRoom }) {
  if (desk.rooms.length < 2) return null;
  return html`<fieldset class="rooms"><legend class="hear">${say('desk.rooms')}</legend>
    ${desk.rooms.map((one) => html`<label key=${one.id} class="choice"><input type="radio" name=${`room-${desk.desk_no}`}
      checked=${one.id === room} onChange=${() => onRoom(desk, one.id)} /><span>${one.name}</span></label>`)}</fieldset>`;
}

function Next({ view, desk, room, own, busy, onNext }) {
  const working = busy === `next:${desk.desk_no}`;
  const name = roomName(view, room);
  const where = desk.next ? say('desk.next.room', { room: name }) : say('desk.next.none');
  return html`<button type="button" class=${`button next ${own ? 'first' : 'second'}`}
    aria-disabled=${working || !desk.next ? 'true' : null} aria-busy=${working ? 'true' : null} onClick=${() => onNext(desk)}>
    <span class="say"><b>${say(working ? 'desk.next.busy' : 'desk.next')}${own && !working && html` <kbd class="keys" aria-hidden="true">F2</kbd>`}</b>
      <span>${own || !desk.next ? where : say('desk.waiting', { n: desk.waiting })}</span></span>
    ${desk.next && html`<span class="who"><span>${say('desk.next.number')}</span><b class="number">${desk.next.number}</b></span>`}
  </button>`;
}

export function Desk({ view, desk, own, room, busy, onAct, onNext, onOwn, onRoom }) {
  const called = calledAt(view, desk.desk_no);
  return html`<section class=${`desk ${own ? 'own' : ''}`} aria-labelledby=${`desk-${desk.desk_no}`}>
    <header><h2 id=${`desk-${desk.desk_no}`}>${desk.name}</h2>
      ${own ? html`<em class="tag">${say('desk.own')}</em>`
    : html`<button type="button" class="button text small" onClick=${() => onOwn(desk)}>${say('desk.take')}</button>`}
      ${desk.paused && html`<em class="tag plain">${say('desk.paused')}</em>`}
      <span class="note">${desk.queue_id}</span></header>
    ${own && called.map((ticket, i) => html`<${Called} key=${ticket.ticket} view=${view} desk=${desk} ticket=${ticket}
      busy=${busy} onAct=${onAct} first=${i === 0} />`)}
    ${!own && called.map((ticket) => html`<${Brief} key=${ticket.ticket} view=${view} ticket=${ticket} />`)}
    ${!called.length && html`<p class="note">${say('desk.nobody')}</p>`}
    ${own && html`<${Rooms} desk=${desk} room=${room} onRoom=${onRoom} />`}
    <${Next} view=${view} desk=${desk} room=${room} own=${own} busy=${busy} onNext=${onNext} />
  </section>`;
}

function age(ms) {
  if (!ms) return text('device.never');
  const seconds = Math.max(0, Math.round((now() - ms) / 1000));
  return seconds < 120 ? text('device.age', { n: seconds }) : text('device.age.minutes', { n: Math.floor(seconds / 60) });
}

/* Films on their way, or why none come; '' = nothing to tell. */
function films({ files, present, fault }) {
  if (fault && fault !== 'none') return text(`device.films.${['disk_full', 'expired', 'film_broken', 'codec_missing'].includes(fault) ? fault : 'refused'}`);
  return present < files ? text('device.films.coming', { n: present, all: files }) : '';
}

/* What a kiosk tells of its board; words of a newer server are passed over. */
const TROUBLES = ['power', 'storage', 'heat', 'space'];

export function Devices({ view }) {
  if (!view.devices?.length) return null;
  return html`<section class="devices" aria-labelledby="devices"><h2 class="hear" id="devices">${say('devices')}</h2><ul>
    ${view.devices.map((device) => {
    const health = healthOf(device);
    return html`<li key=${device.device}><b>${device.name}</b>
      <span class=${`health ${health.alarm ? 'act' : ''}`}><${Icon} name=${health.ok ? 'check' : health.word === 'away' ? 'lost' : 'triangle'} size="22" />
      ${say(`device.${health.word}`)}</span><span class="note">${age(device.seen)}</span>${films(device) && html`<span class="note">${films(device)}</span>`}${(device.health?.troubles ?? []).filter((one) => TROUBLES.includes(one)).map((one) => html`<span key=${one} class="note">${say(`device.${one}`)}</span>`)}</li>`;
  })}</ul></section>`;
}
