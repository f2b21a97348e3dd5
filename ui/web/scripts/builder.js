/* A programme is built: films in the order in which they play, each with its weekdays and hours, a period
 * and the deadline of its approval. Order changes by dragging and by the keyboard alike. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call } from './api.js';
import { Field } from './field.js';
import { now } from './when.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Heading, go, tell } from './shell.js';
import { length, total } from './plan.js';
import { Still } from './clips.js';
import { Days, Hours, sentence } from './broadcast.js';
import { clockOf, dayOf, minutesOf, partsOf, startOf } from './month.js';
import { itemsOf } from './programmes.js';
import { Legend, Ribbon, minutes } from './ribbon.js';
import { PROVIDED } from './plan.js';

addShapes({ up: 'M12 19V5M6 11l6-6 6 6', down: 'M12 5v14M6 13l6 6 6-6', away: 'M6 6l12 12M18 6 6 18', grip: html`<g fill="currentColor"><circle cx="9" cy="6" r="1.7" /><circle cx="15" cy="6" r="1.7" /><circle cx="9" cy="12" r="1.7" /><circle cx="15" cy="12" r="1.7" /><circle cx="9" cy="18" r="1.7" /><circle cx="15" cy="18" r="1.7" /></g>` });

const ITEMS_MAX = 128;
const ALL = 127;
const AHEAD_DAYS = 7; /* a deadline that is offered: before the period begins */

const iso = (day) => { const p = partsOf(day); return `${p.year}-${String(p.month).padStart(2, '0')}-${String(p.day).padStart(2, '0')}`; };
const dayIn = (words) => { const ms = Date.parse(`${words}T00:00:00+09:00`); return Number.isFinite(ms) ? dayOf(ms) : 0; };

/* The next half month that is not begun. */
function offered() {
  const today = partsOf(dayOf(now()));
  const [year, month] = today.day <= 15 ? [today.year, today.month] : today.month === 12 ? [today.year + 1, 1] : [today.year, today.month + 1];
  const first = dayIn(`${year}-${String(month).padStart(2, '0')}-${today.day <= 15 ? '16' : '01'}`);
  const next = month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
  const last = today.day <= 15 ? dayIn(next) - 1 : first + 14;
  return { from: iso(first), to: iso(last), deadline: iso(Math.max(first - AHEAD_DAYS, dayOf(now()))), at: '18:00' };
}

let serial = 0;
const slotOf = (item) => { serial += 1; const whole = (item.daypart_from ?? 0) === (item.daypart_to ?? 0);
  return { key: serial, item, change: item.change ?? '', days: item.weekdays || ALL, whole, from: clockOf(whole ? 540 : item.daypart_from), to: clockOf(whole ? 1080 : item.daypart_to) }; };

/* { item } for the wire, or null when its hours or days cannot be. */
function wireSlot({ item, change, days, whole, from, to }) {
  const daypart_from = whole ? 0 : minutesOf(from);
  const daypart_to = whole ? 0 : minutesOf(to);
  if (!days || (!whole && (daypart_from < 0 || daypart_to < 0 || daypart_from === daypart_to))) return null;
  return { sha256: item.sha256, weekdays: days === ALL ? 0 : days, daypart_from, daypart_to, ...(change && { change }) };
}
const timed = (slot) => { const wire = wireSlot(slot); return wire && (wire.weekdays || wire.daypart_from !== wire.daypart_to) ? text('slot.timed', { when: sentence({ ...wire, show_from: 0, show_to: 0 }) }) : ''; };

/* What is wrong with the whole, as a key of the words, or ''. */
function faultOf(period, slots) {
  const [from, to, deadline] = [dayIn(period.from), dayIn(period.to), dayIn(period.deadline)];
  if (!from || !to || from > to) return 'builder.wrong.period';
  if (!deadline || minutesOf(period.at) < 0 || startOf(deadline) + minutesOf(period.at) * 60000 <= now()) return 'builder.wrong.deadline';
  if (startOf(deadline) + minutesOf(period.at) * 60000 > startOf(from)) return 'builder.wrong.late';
  if (!slots.length) return 'builder.wrong.empty';
  return slots.every(wireSlot) ? '' : 'builder.wrong.slot';
}

/* How it comes after the one before: '' = as its kind does. */
function Change({ slot, onChange }) {
  const id = `change-${slot.key}`;
  return html`<fieldset class="hours"><legend>${say('slot.change')}</legend><div class="row">${['', 'cut', 'fade'].map((change) => html`<label key=${change} class="choice">
    <input type="radio" name=${id} checked=${slot.change === change} onChange=${() => onChange(change)} /><span>${say(`slot.change.${change || 'usual'}`)}</span></label>`)}</div></fieldset>`;
}

function Slot({ slot, at, count, onMove, onAway, onSlot, drag }) {
  const [open, setOpen] = useState(false);
  const { item } = slot;
  const values = { title: item.title, n: at + 1 };
  const move = (to, which) => onMove(at, to, which);
  const when = { whole: slot.whole, from: slot.from, to: slot.to };
  return html`<li class=${`slot ${drag.over === at ? 'over' : ''}`} draggable="true" data-slot=${at} onDragStart=${(e) => drag.start(e, at)} onDragOver=${(e) => drag.move(e, at)} onDrop=${(e) => drag.drop(e, at)} onDragEnd=${drag.end}>
    <span class="grip"><${Icon} name="grip" size="24" /></span><b class="number">${at + 1}</b><${Still} item=${item} />
    <div class="about"><b>${item.title}</b><span class="row"><span class="tag">${say(`kind.${item.kind}`)}</span><span class="note">${timed(slot)}</span>${slot.change && html`<span class="note">${say(`slot.change.${slot.change}`)}</span>`}</span></div>
    <div class="acts"><button type="button" class="button" aria-label=${text('slot.up.of', values)} aria-disabled=${at === 0 ? 'true' : null} data-move=${`up-${slot.key}`} onClick=${() => { if (at > 0) move(at - 1, 'up'); }}><${Icon} name="up" size="20" /></button>
      <button type="button" class="button" aria-label=${text('slot.down.of', values)} aria-disabled=${at === count - 1 ? 'true' : null} data-move=${`down-${slot.key}`} onClick=${() => { if (at < count - 1) move(at + 1, 'down'); }}><${Icon} name="down" size="20" /></button>
      <button type="button" class="button" aria-expanded=${String(open)} aria-label=${text('slot.when.of', values)} onClick=${() => setOpen(!open)}>${say('slot.when')}</button>
      <button type="button" class="button" aria-label=${text('slot.away.of', values)} onClick=${() => onAway(at)}>${say('slot.away')}</button></div>
    ${open && html`<div class="tray"><${Days} days=${slot.days} id=${`days-${slot.key}`} wrong=${!slot.days && text('when.days.wrong')} onDays=${(days) => onSlot(at, { ...slot, days })} />
      <${Hours} when=${when} id=${`hours-${slot.key}`} wrong=${slot.days && !wireSlot(slot) && text('when.hours.wrong')} onWhen=${(next) => onSlot(at, { ...slot, ...next })} />
      <${Change} slot=${slot} onChange=${(change) => onSlot(at, { ...slot, change })} /></div>`}</li>`;
}

function useDrag(onMove) {
  const [state, set] = useState({ from: -1, over: -1 });
  return {
    over: state.over === state.from ? -1 : state.over,
    start(e, at) { e.dataTransfer.effectAllowed = 'move'; e.dataTransfer.setData('text/plain', String(at)); set({ from: at, over: -1 }); },
    move(e, at) { if (state.from < 0) return; e.preventDefault(); if (state.over !== at) set({ ...state, over: at }); },
    drop(e, at) { e.preventDefault(); if (state.from >= 0 && state.from !== at) onMove(state.from, at, ''); set({ from: -1, over: -1 }); },
    end() { set({ from: -1, over: -1 }); },
  };
}

function Slots({ slots, setSlots }) {
  const [heard, hear] = useState('');
  const list = useRef(null);
  const focus = useRef('');
  useEffect(() => { if (focus.current) { list.current.querySelector(`[data-move="${focus.current}"]`)?.focus(); focus.current = ''; } }, [slots]);
  const move = (from, to, which) => {
    const next = [...slots];
    const [one] = next.splice(from, 1);
    next.splice(to, 0, one);
    focus.current = which && `${which}-${one.key}`;
    setSlots(next);
    hear(text('slot.moved', { title: one.item.title, n: to + 1 }));
  };
  const drag = useDrag(move);
  const away = (at) => { hear(text('slot.gone', { title: slots[at].item.title })); setSlots(slots.filter((_, i) => i !== at)); };
  return html`<section aria-labelledby="slots"><h2 id="slots">${say('slots')}</h2><p class="note">${say('slots.help')}</p><p class="hear" role="status">${heard}</p>
    ${slots.length ? html`<ol class="slots" ref=${list}>${slots.map((slot, at) => html`<${Slot} key=${slot.key} slot=${slot} at=${at} count=${slots.length} drag=${drag} onMove=${move} onAway=${away}
      onSlot=${(i, next) => setSlots(slots.map((old, n) => (n === i ? next : old)))} />`)}</ol>` : html`<p class="panel empty">${say('slots.none')}</p>`}</section>`;
}

function Shelf({ films, onAdd, full }) {
  return html`<section class="panel shelf" aria-labelledby="shelf"><h2 id="shelf">${say('shelf')}</h2>${full && html`<p>${say('shelf.full', { max: ITEMS_MAX })}</p>`}
    <ul>${films.map((film) => html`<li key=${film.sha256}><${Still} item=${film} /><div class="about"><b>${film.title}</b><span class="note">${say(`kind.${film.kind}`)}<span class="hear"> ${length(film.duration_ms)}</span></span></div>
      <button type="button" class="button second" aria-disabled=${full ? 'true' : null} aria-label=${text('shelf.add.of', { title: film.title })} onClick=${() => { if (!full) onAdd(film); }}>${say('shelf.add')}</button></li>`)}</ul></section>`;
}

function Form({ items: begun, films }) {
  const [period, setPeriod] = useState(offered);
  const [slots, setSlots] = useState(() => begun.map(slotOf));
  const [title, setTitle] = useState('');
  const [state, set] = useState({ busy: false, problem: '' });
  const problem = useRef(null);
  const items = slots.map((slot) => slot.item);
  useEffect(() => { if (state.problem) problem.current?.focus(); }, [state]);
  const field = (key, label, type = 'date') => html`<${Field} id=${key} type=${type} label=${text(label)} value=${period[key]} onInput=${(value) => setPeriod({ ...period, [key]: value })} />`;
  const save = async (e) => {
    e.preventDefault();
    if (state.busy) return;
    const fault = faultOf(period, slots);
    if (fault) { set({ busy: false, problem: fault }); return; }
    set({ busy: true, problem: '' });
    const table = { title: title.trim(), from: `${period.from}T00:00`, to: `${iso(dayIn(period.to) + 1)}T00:00`, deadline: `${period.deadline}T${period.at}`, items: slots.map(wireSlot) }; /* by each site's clock */
    const answer = await call('POST', '/api/v1/programmes', table);
    if (!answer.ok) { set({ busy: false, problem: answer.status === 0 ? 'distribute.problem.offline' : 'builder.problem' }); return; }
    tell(text('builder.done'));
    go('programmes');
  };
  return html`<div class="head"><${Heading}>${say('builder.title')}<//></div><${Problem} of=${state.problem.startsWith('builder.wrong') && faultOf(period, slots) !== state.problem ? '' : state.problem} box=${problem} />
    <form class="two builder" novalidate onSubmit=${save}><aside><section class="panel" aria-labelledby="about"><h2 id="about">${say('builder.period')}</h2>
        <div class="row">${field('from', 'builder.from')}${field('to', 'builder.to')}</div><h2>${say('builder.approval')}</h2><div class="row">${field('deadline', 'builder.deadline')}${field('at', 'builder.at', 'time')}</div>
        <p class="note">${say('builder.note')}</p>
        <${Field} id="title" label=${text('builder.name')} hint=${text('builder.name.hint')} value=${title} onInput=${setTitle} maxlength="60" autocomplete="off" /></section>
      <section class="panel rounds"><h2>${say('builder.round', minutes(total(items)))}</h2>${items.length > 0 && html`<${Ribbon} items=${items} approved /><${Legend} kinds=${new Set(items.map((item) => item.kind))} />`}
        <button type="submit" class="button first wide" aria-disabled=${state.busy ? 'true' : null}>${say(state.busy ? 'builder.busy' : 'builder.save')}</button><p class="note">${say('builder.save.note')}</p></section>
      <${Shelf} films=${films} full=${slots.length >= ITEMS_MAX} onAdd=${(film) => setSlots([...slots, slotOf(film)])} /></aside>
    <${Slots} slots=${slots} setSlots=${setSlots} /></form>`;
}

/* id: "" a new one, else that of which it is a copy. */
export function Builder({ id }) {
  const films = useLoaded('/api/v1/films');
  const from = useLoaded(id ? `/api/v1/programmes/${id}` : '');
  if (!films.data || (id && !from.data)) return html`<${Waiting} failed=${films.failed || from.failed} again=${() => { films.again(); from.again(); }} />`;
  const shelf = films.data.films.filter((film) => PROVIDED.includes(film.kind) && !film.site && !film.withdrawn);
  return html`<${Form} items=${itemsOf(from.data, shelf)} films=${shelf} />`;
}
