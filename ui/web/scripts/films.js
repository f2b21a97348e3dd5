/* The table of a programme: a still for every film, playing it in place, and what may be swapped. */
import { html, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { length, mark, provided } from './plan.js';
import { Play, Player, Still } from './clips.js';
import { sentence } from './broadcast.js';

addShapes({
  swap: 'M5 8h14M16 4.5 19.5 8 16 11.5M19 16H5M8 12.5 4.5 16 8 19.5',
  todo: html`<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2.6" stroke-dasharray="3.2 3.08" />`,
});

const timed = (item) => item.show_from || item.show_to || item.weekdays || item.daypart_from !== item.daypart_to;

export function Kind({ item }) {
  return html`<span class=${`tag ${provided(item) ? 'provided' : ''}`}>${say(`kind.${item.kind}`)}</span>`;
}

/* What has become of it since it was planned. */
const Marks = ({ item }) => html`${item.first && html`<span class="tag">${say('swapped')}</span>`}${item.withdrawn && html`<span class="tag gone">${say('gone')}</span>`}`;

function Swap({ item, onSwap, order }) {
  if (item.index < 0) return html`<a class="note" href="#/periods">${say('film.by_period')}</a>`;
  if (!onSwap || !item.swappable) return null;
  return html`<button type="button" class="button" aria-label=${text('swap.of', { n: order + 1, title: item.title })} onClick=${() => onSwap(item, order)}>
    <${Icon} name="swap" size="20" />${say('swap')}</button>`;
}

function Film({ item, order, clinic, seen, marks, open, onOpen, onSeen, onSwap }) {
  const button = useRef(null);
  const close = () => { onOpen(-1); button.current.focus(); };
  return html`<tr role="row"><td role="cell" class="order number"><span class="hear">${say('film.order')} </span>${order + 1}</td>
    <td role="cell" class="picture"><${Still} item=${item} clinic=${clinic} /></td>
    <td role="cell" class="title"><b>${item.title}</b><${Kind} item=${item} /><${Marks} item=${item} />
      <span class="hear">${say('film.length', { time: length(item.duration_ms) })}</span>${timed(item) && html`<span class="note">${say('film.window', { when: sentence(item) })}</span>`}</td>
    <td role="cell" class=${seen ? 'seen yes' : 'seen'}>${(seen || marks) && html`<${Icon} name=${seen ? 'check' : 'todo'} size="22" />${say(seen ? 'film.seen.yes' : 'film.seen.no')}`}</td>
    <td role="cell" class="act"><${Play} item=${item} open=${open} button=${button} onPress=${() => (open ? close() : onOpen(order))} />
      <${Swap} item=${item} order=${order} onSwap=${onSwap} /></td></tr>
    ${open && html`<tr role="row" class="playing"><td role="cell" colspan="5"><${Player} item=${item} clinic=${clinic} onSeen=${onSeen} onClose=${close} /></td></tr>`}`;
}

const HEADS = ['order', 'picture', 'title', 'seen', 'act'];

/* marks: what has not been seen is said too, because it may still be approved. */
export function Films({ items, clinic, what, seen, onSeen, marks, onSwap }) {
  const [open, setOpen] = useState(-1);
  return html`<table class="films" role="table"><caption class="hear">${say('films.caption', { what })}</caption>
    <thead role="rowgroup"><tr role="row">${HEADS.map((head) => html`<th key=${head} role="columnheader" scope="col" class=${head}>${say(`film.${head}`)}</th>`)}</tr></thead>
    <tbody role="rowgroup">${items.map((item, i) => html`<${Film} key=${i} item=${item} order=${i} clinic=${clinic} seen=${seen.includes(mark(item))} marks=${marks}
      open=${open === i} onOpen=${setOpen} onSeen=${() => onSeen(mark(item))} onSwap=${onSwap} />`)}</tbody></table>`;
}

/* The same as pictures, for a table that is settled: each plays in place. */
export function Gallery({ items, clinic, onSwap }) {
  const [open, setOpen] = useState(-1);
  const buttons = useRef([]);
  const close = () => { const at = open; setOpen(-1); buttons.current[at]?.focus(); };
  return html`<ol class="gallery">${items.map((item, i) => html`<li key=${i}><${Still} item=${item} clinic=${clinic} />
      <p><b class="number">${i + 1}</b> ${item.title}</p><p class="tags"><${Kind} item=${item} /><${Marks} item=${item} /></p>
      <p class="acts"><${Play} item=${item} open=${open === i} button=${(one) => { buttons.current[i] = one; }} onPress=${() => (open === i ? close() : setOpen(i))} />
        <${Swap} item=${item} order=${i} onSwap=${onSwap} /></p></li>
    ${open === i && html`<li key="player" class="playing"><${Player} item=${item} clinic=${clinic} onClose=${close} /></li>`}`)}</ol>`;
}
