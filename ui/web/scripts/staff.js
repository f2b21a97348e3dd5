/* /staff/: the console of a clinic's desks. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { logOut } from './api.js';
import { enter } from './login.js';
import { digits, now, wall, pad } from './when.js';
import { useSite, useRest } from './site.js';
import { useDoing } from './doing.js';
import { useKeys } from './keys.js';
import { useAlarm } from './alarm.js';
import { keep, kept } from './kept.js';
import { actsOf, calledAt, groupsOf, healthOf } from './acts.js';
import { Desk, Devices } from './desks.js';
import { List } from './list.js';
import { Notices } from './notices.js';
import { Name, plain } from './naming.js';
import { Add, Cancel, Check, Keys, Message, Pause, Priority } from './dialogs.js';
import { Away, Line, Pages, Trust, pagesOf } from './line.js';
import { Opening } from './opening.js';
import { Record } from './record.js';
import { Sheet } from './sheet.js';
import { atKiosk } from './where.js';

addShapes({
  down: 'M6 9.5l6 6 6-6', up: 'M6 15l6-6 6 6', plus: 'M12 5v14M5 12h14', search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5L20 20',
  undo: 'M9 5L4 10l5 5M4 10h10a5 5 0 0 1 0 10h-2', printer: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7Z',
  quiet: 'M4 10v4h3l5 4V6l-5 4ZM16 10l4 4M20 10l-4 4', menu: 'M4 7h16M4 12h16M4 17h16', list: 'M9 6h11M9 12h11M9 18h11M4 6h.1M4 12h.1M4 18h.1',
  day: 'M4 6h16v14H4ZM4 10h16M8 3v5M16 3v5', sheet: 'M6 3h9l4 4v14H6ZM9 10h7M9 14h7M9 17h4', net: 'M4 5h16v10H4ZM9 19h6M12 15v4', book: 'M5 4h14v16H5ZM9 4v16',
  note: 'M6 3h12v18H6ZM9 8h6M9 12h6M9 16h4', people: 'M5 4h14v16H5ZM9 20v-4h6v4M9 8h6M9 12h6', close: 'M6 6l12 12M18 6L6 18',
  triangle: html`<path d="M12 4l10 17H2Z" fill="currentColor" stroke="currentColor" stroke-linejoin="round" />`,
});

function Clock() {
  const [, tick] = useState(0);
  useEffect(() => { const timer = setInterval(() => tick((n) => n + 1), 5000); return () => clearInterval(timer); }, []);
  const w = wall(now());
  return html`<time class="number clock">${w.hour}:${pad(w.minute)}</time>`;
}

/* What the terminal says to those who come: also when it is the hours that stop it, or a limit. */
function intakeOf(desks) {
  const desk = desks.find((one) => one.intake === 'open') ?? desks[0];
  if (!desk || (desk.intake === 'paused' && !desk.paused)) return 'sorry';
  return desk.intake;
}

function Intake({ view, open }) {
  const desks = stoppable(view), paused = desks.every((desk) => desk.paused), intake = intakeOf(desks);
  return html`<span class="intake">${intake === 'open' && html`<${Icon} name="check" size="22" />`}<b>${say(`intake.${intake}`)}</b>
    <button type="button" class="button" onClick=${() => open(paused ? 'resume' : 'pause')}>${say(paused ? 'intake.resume' : 'intake.stop')}</button></span>`;
}

const stoppable = (view) => view.desks.filter((desk) => desk.kind !== 'payment');

const ENTRIES = atKiosk ? [['keys', 'menu', 'menu.keys']]
  : [['add', 'plus', 'menu.add'], ['message', 'note', 'menu.message'], ['opening', 'day', 'menu.opening'], ['sheet', 'sheet', 'menu.sheet'],
    ['record', 'book', 'menu.record'], ['lan', 'net', 'menu.lan'], ['keys', 'menu', 'menu.keys']];

function Entries({ view, open, done }) {
  return html`${ENTRIES.map(([name, icon, words]) => html`<li key=${name}><button type="button" class="button entry"
      onClick=${() => { done?.(); open(name); }}><${Icon} name=${icon} size="22" />${say(words)}</button></li>`)}
    ${atKiosk ? html`<li><p class="note only">${say('kiosk.only')}</p></li>` : view.desks.map((desk) => html`<li key=${desk.desk_no}><a class="button entry" href=${`/q/${desk.queue_id}`} target="_blank" rel="noopener">
      <${Icon} name="people" size="22" /><span>${say('menu.public')} <span class="note">${desk.name} ${desk.queue_id}</span></span></a></li>`)}`;
}

function Menu({ who, view, open, leave, sites, site, onSite }) {
  const [shown, show] = useState(false);
  const box = useRef(null);
  useEffect(() => {
    if (!shown) return undefined;
    const away = (e) => { if (!box.current.contains(e.target)) show(false); };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [shown]);
  const esc = (e) => { if (e.key === 'Escape' && shown) { show(false); box.current.querySelector('button').focus(); } };
  return html`<div class="menu" ref=${box} onKeyDown=${esc}><button type="button" class="button" aria-expanded=${String(shown)} aria-controls="menu"
      aria-label=${text('menu.of', { name: who.name })} onClick=${() => show(!shown)}><${Icon} name="menu" size="20" /><span>${who.name}</span></button>
    <ul id="menu" hidden=${!shown}>${sites.length > 1 && html`<li class="field"><label for="site">${say('menu.site')}</label>
        <select id="site" value=${site} onChange=${(e) => onSite(e.target.value)}>${sites.map((one) => html`<option key=${one.site} value=${one.site}>${one.name}</option>`)}</select></li>`}
      <${Entries} view=${view} open=${open} done=${() => show(false)} />
      ${!atKiosk && html`<li><a class="button entry" href="/patients/"><${Icon} name="note" size="22" />${say('menu.patients')}</a></li>`}
      ${!atKiosk && html`<li><a class="button entry" href="/account/"><${Icon} name="info" size="22" />${say('menu.account')}</a></li>`}
      <li><button type="button" class="button entry" onClick=${leave}><${Icon} name="close" size="22" />${say('logout')}</button></li></ul></div>`;
}

/* Paper, cover, printer: orange, with sound, until the printer is well again. */
function useAlarms(view) {
  const began = useRef({});
  const [quiet, setQuiet] = useState([]);
  const alarms = (view.devices ?? []).map((device) => ({ device, health: healthOf(device) })).filter(({ health }) => health.alarm)
    .map(({ device, health }) => ({ key: `${device.device}:${health.word}`, device, word: health.word }));
  const keys = alarms.map(({ key }) => key);
  for (const key of keys) began.current[key] ??= now();
  for (const key of Object.keys(began.current)) if (!keys.includes(key)) delete began.current[key];
  const sounding = keys.some((key) => !quiet.includes(key));
  useAlarm(sounding);
  return { alarms: alarms.map((one) => ({ ...one, since: began.current[one.key] })), sounding, silence: () => setQuiet(keys) };
}

function Alarms({ alarms, sounding, silence }) {
  if (!alarms.length) return null;
  return html`<div class="alarm" role="alert"><${Icon} name="printer" size="28" /><div>
    ${alarms.map(({ key, device, word, since }) => html`<strong key=${key}>${say(`alarm.${word}`, { device: device.name })}<span>(${digits(since)})</span></strong>`)}
    <p>${say('alarm.help')}</p></div>
    ${sounding ? html`<button type="button" class="button" onClick=${silence}><${Icon} name="quiet" size="22" />${say('alarm.quiet')}<kbd class="keys" aria-hidden="true">F9</kbd></button>`
    : html`<p class="silent">${say('alarm.silent')}</p>`}</div>`;
}

function Lost({ lost, at, again, view }) {
  if (!lost) return null;
  const devices = pagesOf(view);
  return html`<div class="banner lost" role="alert"><${Icon} name="lost" /><div><strong>${say('lost', { time: digits(at) })}</strong>
    <p>${say(atKiosk ? 'lost.kiosk' : devices.length ? 'lost.help.lan' : 'lost.help', { n: Math.max(1, Math.floor((now() - at) / 60000)) })}</p></div>
    ${devices.length > 0 && html`<${Pages} devices=${devices} />`}
    <button type="button" class="button" onClick=${again}>${say('lost.again')}</button></div>`;
}

const FILTERS = { all: null, waiting: ['waiting'], away: ['away'], pay: ['pay'] };

function filtered(view, filter, search) {
  const groups = groupsOf(view).filter((group) => !FILTERS[filter] || FILTERS[filter].includes(group.id));
  if (!search) return groups;
  const want = search.normalize('NFKC').trim().toUpperCase();
  const hit = (ticket) => plain(ticket.name ?? '').includes(plain(search)) || ticket.number.startsWith(want) || (ticket.reason ?? '').includes(want) || (view.services.find((one) => one.id === ticket.service)?.name ?? '').includes(want);
  return groups.map((group) => ({ ...group, tickets: group.tickets.filter(hit) }));
}

function Tools({ view, filter, onFilter, search, onSearch, searching, onSearching, open, field }) {
  const groups = groupsOf(view).filter((group) => group.id !== 'over');
  const count = (name) => groups.filter((group) => !FILTERS[name] || FILTERS[name].includes(group.id)).reduce((n, group) => n + group.tickets.length, 0);
  const names = Object.keys(FILTERS).filter((name) => name !== 'pay' || view.desks.some((desk) => desk.kind === 'payment'));
  return html`<div class="tools"><div class="filters" role="group" aria-label=${text('filter')}>
      ${names.map((name) => html`<button key=${name} type="button" class="button" aria-pressed=${String(filter === name)}
        onClick=${() => onFilter(name)}>${say(`filter.${name}`)} ${count(name)}</button>`)}</div>
    ${searching ? html`<div class="find"><input ref=${field} type="search" value=${search} aria-label=${text('search')} autocomplete="off"
      onInput=${(e) => onSearch(e.target.value)} onKeyDown=${(e) => { if (e.key === 'Escape') onSearching(false); }} />
      <button type="button" class="button" aria-label=${text('search.close')} onClick=${() => onSearching(false)}><${Icon} name="close" size="20" /></button></div>`
    : html`<button type="button" class="button" aria-label=${text('search')} onClick=${() => onSearching(true)}><${Icon} name="search" size="22" /></button>`}
    ${!atKiosk && html`<button type="button" class="button second" onClick=${() => open('add')}><${Icon} name="plus" size="22" />${say('add')}</button>`}</div>`;
}

function Undo({ doing, typed }) {
  const { last, canUndo, problem, complain } = doing;
  return html`<section class="undo" aria-label=${text('undo.last')}>
    ${problem && html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${say(problem[0], problem[1])}</strong>
      <p>${say(`${problem[0]}.help`, problem[1])}</p></div><button type="button" class="button" onClick=${() => complain(null)}>${say('problem.close')}</button></div>`}
    <p role="status" class="hear">${doing.heard}</p>
    <div class="bar"><p><span class="note">${typed ? '' : say('undo.last')}</span>
      <b>${typed ? say('goto', { number: typed }) : last ? say('undo.line', { time: digits(last.at), what: last.what, who: last.who }) : say('undo.none')}</b></p>
    ${canUndo && html`<button type="button" class="button" onClick=${doing.undo}><${Icon} name="undo" size="22" />${say('undo')}<kbd class="keys" aria-hidden="true">Ctrl+Z</kbd></button>`}</div></section>`;
}

/* Own desk: the one chosen here before, else the first that gives consultations. */
function useDesk(view, site) {
  const [own, setOwn] = useState(kept(`desk.${site}`, 0));
  const [rooms, setRooms] = useState(kept(`rooms.${site}`, {}));
  const desk = view?.desks.find((one) => one.desk_no === own) ?? view?.desks.find((one) => one.kind !== 'payment') ?? view?.desks[0];
  return {
    desk,
    roomOf: (one) => one.rooms.find((room) => room.id === rooms[one.desk_no])?.id ?? one.rooms[0]?.id,
    take(one) { setOwn(one.desk_no); keep(`desk.${site}`, one.desk_no); },
    choose(one, room) { const next = { ...rooms, [one.desk_no]: room }; setRooms(next); keep(`rooms.${site}`, next); },
  };
}

/* What keys mean at this moment. */
function keysOf(s) {
  const find = (id) => s.view.tickets.find((ticket) => ticket.ticket === id);
  return {
    next: () => s.next(s.own.desk),
    recall() { const [ticket] = calledAt(s.view, s.own.desk.desk_no); if (ticket) s.act(ticket, 'recall'); },
    undo: () => s.doing.undo(),
    quiet: s.silence,
    keys: () => s.open('keys'),
    search: () => s.setSearching(true),
    desk: (n) => s.view.desks[n - 1] && s.own.take(s.view.desks[n - 1]),
    open: (id) => s.setOpened(s.opened === id ? '' : id),
    close: () => s.setOpened(''),
    typed: s.setTyped,
    act(id, name) { const ticket = find(id); if (ticket && actsOf(s.view, ticket).includes(name)) s.act(ticket, name); },
    goto(number) {
      const row = s.order.current.find((ticket) => ticket.number === number);
      if (row) document.querySelector(`[data-ticket="${row.ticket}"]`).focus();
      else s.doing.complain(['problem.none', { number }]);
    },
  };
}

function Dialogs({ dialog, close, site, view, doing, letters, onLetters }) {
  if (!dialog) return null;
  if (dialog.name === 'cancel') return html`<${Cancel} ticket=${dialog.ticket} onClose=${close} onAct=${() => { close(); doing.act(dialog.ticket, 'cancel'); }} />`;
  if (dialog.name === 'first') return html`<${Priority} ticket=${dialog.ticket} onClose=${close} onAct=${(reason) => { close(); doing.act(dialog.ticket, 'first', null, reason); }} />`;
  if (dialog.name === 'opening') return html`<${Opening} site=${site} onClose=${close} onDone=${doing.tell} />`;
  if (dialog.name === 'record') return html`<${Record} view=${view} site=${site} onClose=${close} />`;
  if (dialog.name === 'lan') return html`<${Trust} view=${view} onClose=${close} />`;
  if (dialog.name === 'name') return html`<${Name} ticket=${dialog.ticket} site=${site} onClose=${close} />`;
  if (dialog.name === 'check') return html`<${Check} ticket=${dialog.ticket} site=${site} onClose=${close} />`;
  if (dialog.name === 'pause') return html`<${Pause} onClose=${close} onAct=${() => { close(); doing.pause(stoppable(view).filter((desk) => !desk.paused), true); }} />`;
  if (dialog.name === 'add') return html`<${Add} view=${view} onClose=${close} onAct=${doing.add} />`;
  if (dialog.name === 'message') return html`<${Message} message=${view.message} onClose=${close} onAct=${(words) => { close(); doing.message(words); }} />`;
  return html`<${Keys} letters=${letters} onLetters=${onLetters} onClose=${close} />`;
}

function Console({ who, leave, ended, site, onSite }) {
  const { view, lost, at, again } = useSite(site, ended);
  const latest = useRef(null);
  latest.current = view;
  if (!view) return html`<${Loading} again=${again} />`;
  return html`<${Board} who=${who} leave=${leave} site=${site} onSite=${onSite} view=${view} lost=${lost} at=${at} again=${again} latest=${() => latest.current} />`;
}

function Board({ who, leave, site, onSite, view, lost, at, again, latest }) {
  const [listed, moved] = useRest(view);
  const doing = useDoing(who, site, latest);
  const own = useDesk(view, site);
  const alarm = useAlarms(view);
  const [dialog, setDialog] = useState(null);
  const [opened, setOpened] = useState('');
  const [current, setCurrent] = useState('');
  const [filter, setFilter] = useState('all');
  const [search, setSearch] = useState('');
  const [searching, setSearchingTo] = useState(false);
  const [over, setOver] = useState(false);
  const [typed, setTyped] = useState('');
  const [sheet, setSheet] = useState(false);
  const [letters, setLetters] = useState(kept('letters', true));
  const order = useRef([]);
  const field = useRef(null);

  const setSearching = (on) => { setSearchingTo(on); if (!on) setSearch(''); };
  useEffect(() => { if (searching) field.current.focus(); }, [searching]);
  const open = (name) => {
    if (name === 'resume') doing.pause(stoppable(view).filter((desk) => desk.paused), false);
    else if (name === 'sheet') setSheet(true);
    else setDialog({ name });
  };
  const next = (desk) => {
    const ticket = desk.next && view.tickets.find((one) => one.ticket === desk.next.ticket);
    if (ticket) doing.call(ticket, own.roomOf(desk), `next:${desk.desk_no}`);
  };
  const act = (ticket, name, desk) => {
    if (['cancel', 'check', 'first', 'name'].includes(name)) return setDialog({ name, ticket });
    setOpened('');
    if (name !== 'call') return doing.act(ticket, name, desk);
    const at = view.desks.find((one) => one.desk_no === ticket.desk_no);
    return doing.call(ticket, own.roomOf(at), `${ticket.ticket}:call`);
  };
  useKeys(keysOf({ view, own, act, next, doing, open, opened, setOpened, setSearching, setTyped, order, silence: alarm.silence }), letters);

  const groups = filtered(listed, filter, search);
  const any = groups.some((group) => group.id !== 'over' && group.tickets.length);
  const desk = (one, mine) => html`<${Desk} key=${one.desk_no} view=${view} desk=${one} own=${mine} room=${own.roomOf(one)} busy=${doing.busy}
    onAct=${act} onNext=${next} onOwn=${own.take} onRoom=${own.choose} />`;
  useEffect(() => {
    const waiting = view.desks.filter((one) => one.kind !== 'payment').reduce((n, one) => n + one.waiting, 0);
    document.title = text('staff.page', { what: alarm.alarms.length ? text(`device.${alarm.alarms[0].word}`) : text('staff.waiting.title', { n: waiting }), clinic: view.clinic.name });
  });
  if (sheet) return html`<${Sheet} view=${view} onClose=${() => setSheet(false)} />`;
  return html`<div class=${letters ? 'console' : 'console plain'}>
    <header class="bar-top"><img src="/assets/icon.svg" alt="" width="28" height="28" /><h1>${view.clinic.name}</h1>
      <span class="session">${view.session && say(`session.${view.session.kind}`)}</span><${Intake} view=${view} open=${open} />
      <span class=${`link ${lost ? 'off' : ''}`}>${atKiosk ? html`<em class="tag">${say('kiosk.page')}</em>` : html`<i></i>`}${say(atKiosk ? (lost ? 'link.kiosk.lost' : 'link.kiosk') : lost ? 'link.lost' : 'link.live')}</span><${Clock} />
      <${Menu} who=${who} view=${view} open=${open} leave=${async () => { await logOut(); leave(); }} sites=${who.sites} site=${site} onSite=${onSite} /></header>
    <${Alarms} ...${alarm} /><${Notices} view=${view} site=${site} /><${Lost} lost=${lost} at=${at} again=${again} view=${view} />${!lost && (atKiosk ? html`<${Line} line=${view.line} />` : html`<${Away} view=${view} />`)}
    <div class="columns">
      <nav class="side" aria-label=${text('menu')}><ul><li><span class="button entry" aria-current="page"><${Icon} name="list" size="22" />${say('menu.queue')}</span></li>
        <${Entries} view=${view} open=${open} /></ul></nav>
      <div class="mine">${desk(own.desk, true)}</div>
      <main class="work"><${Tools} view=${listed} filter=${filter} onFilter=${setFilter} search=${search} onSearch=${setSearch}
          searching=${searching} onSearching=${setSearching} open=${open} field=${field} />
        <${List} groups=${groups} view=${listed} over=${over} onOver=${() => setOver(!over)} onMove=${moved} busy=${doing.busy} onAct=${act}
          opened=${opened} onOpen=${(id) => setOpened(opened === id ? '' : id)} current=${current} onFocus=${setCurrent} letters=${letters}
          onOrder=${(all) => { order.current = all; }} empty=${any ? '' : filter === 'all' && !search ? 'group.empty' : 'group.none'} /></main>
      <div class="others">${view.desks.filter((one) => one !== own.desk).map((one) => desk(one, false))}<${Devices} view=${view} /></div>
      <${Undo} doing=${doing} typed=${typed} />
    </div>
    <${Dialogs} dialog=${dialog} close=${() => setDialog(null)} site=${site} view=${view} doing=${doing} letters=${letters}
      onLetters=${(on) => { setLetters(on); keep('letters', on); }} />
  </div>`;
}

function Loading({ again }) {
  const [late, setLate] = useState(false);
  useEffect(() => { const timer = setTimeout(() => setLate(true), 10000); return () => clearTimeout(timer); }, []);
  return html`<main class="narrow"><p class="hear" role="status">${say(late ? 'loading.failed' : 'loading')}</p>
    ${late ? html`<h1>${say('loading.failed')}</h1><p>${say('loading.failed.help')}</p>
      <button type="button" class="button first" onClick=${again}>${say('loading.again')}</button>`
    : html`<div class="bars"><i></i><i></i><i></i></div>`}</main>`;
}

function Staff({ who, leave, ended }) {
  const [site, setSite] = useState(who.sites[0]?.site);
  return html`<${Console} key=${site} who=${who} leave=${leave} ended=${ended} site=${site} onSite=${setSite} />`;
}

enter({ words: 'staff', roles: ['staff', 'operator'], Page: Staff, title: 'staff.title' });
