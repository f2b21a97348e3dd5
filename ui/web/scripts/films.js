/* The table of a programme: a still for every film, and playing it in place. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { date } from './when.js';
import { length, provided } from './plan.js';

const STILL_S = 2;      /* past a fade-in */
const SEEN_SHARE = 0.8; /* played so far: it counts as seen */

const fileOf = (item) => `/api/v1/contents/${item.sha256}`;

/* Loads only when it comes into view: a programme may hold many films. */
function Still({ item }) {
  const box = useRef(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => { if (entry.isIntersecting) { setNear(true); watch.disconnect(); } }, { rootMargin: '200px' });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return html`<div class="still" ref=${box}>
    ${item.sha256 ? near && html`<video src=${`${fileOf(item)}#t=${STILL_S}`} preload="metadata" muted playsinline tabindex="-1" aria-hidden="true"></video>`
    : html`<div class="card-notice" aria-hidden="true"><b>${item.title}</b><span>${item.body.split('\n')[0]}</span></div>`}
    <span class="number">${length(item.duration_ms)}</span></div>`;
}

function Player({ item, onSeen, onClose }) {
  const [failed, setFailed] = useState(false);
  const player = useRef(null);
  useEffect(() => { player.current?.focus(); }, []);
  useEffect(() => { if (!item.sha256) onSeen(); }, []);
  const watched = (e) => { const { currentTime, duration } = e.target; if (duration && currentTime / duration >= SEEN_SHARE) onSeen(); };
  return html`<div class="player">
    ${!item.sha256 ? html`<div class="screen" tabindex="-1" ref=${player}><p class="note">${say('film.notice')}</p><h3>${item.title}</h3>
        ${item.body.split('\n').map((row, i) => html`<p key=${i}>${row}</p>`)}</div>`
    : failed ? html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${say('film.failed')}</strong><p>${say('film.failed.help')}</p></div></div>`
      : html`<video ref=${player} src=${fileOf(item)} controls autoplay playsinline aria-label=${item.title}
        onTimeUpdate=${watched} onEnded=${onSeen} onError=${() => setFailed(true)}></video>`}
    <button type="button" class="button" onClick=${onClose}>${say(item.sha256 ? 'film.stop' : 'film.close')}</button></div>`;
}

function Window({ item }) {
  if (!item.show_from || !item.show_to) return null;
  return html`<span class="note">${say('film.window', { from: date(item.show_from), to: date(item.show_to) })}</span>`;
}

function Film({ item, order, seen, marks, open, onOpen, onSeen }) {
  const button = useRef(null);
  const close = () => { onOpen(-1); button.current.focus(); };
  return html`<tr role="row"><td role="cell" class="order number"><span class="hear">${say('film.order')} </span>${order + 1}</td>
    <td role="cell" class="picture"><${Still} item=${item} /></td>
    <td role="cell" class="title"><b>${item.title}</b><span class=${`tag ${provided(item) ? 'provided' : ''}`}>${say(`kind.${item.kind}`)}</span>
      <span class="hear">${say('film.length', { time: length(item.duration_ms) })}</span><${Window} item=${item} /></td>
    <td role="cell" class=${seen ? 'seen yes' : 'seen'}>${(seen || marks) && html`<${Icon} name=${seen ? 'check' : 'todo'} size="22" />${say(seen ? 'film.seen.yes' : 'film.seen.no')}`}</td>
    <td role="cell" class="act"><button type="button" class="button" ref=${button} aria-expanded=${String(open)} aria-label=${text('film.play.of', { title: item.title })}
      onClick=${() => (open ? close() : onOpen(order))}><${Icon} name="play" size="20" />${say('film.play')}</button></td></tr>
    ${open && html`<tr role="row" class="playing"><td role="cell" colspan="5"><${Player} item=${item} onSeen=${onSeen} onClose=${close} /></td></tr>`}`;
}

const HEADS = ['order', 'picture', 'title', 'seen', 'act'];

/* marks: what has not been seen is said too, because it may still be approved. */
export function Films({ programme, what, seen, onSeen, marks }) {
  const [open, setOpen] = useState(-1);
  return html`<table class="films" role="table"><caption class="hear">${say('films.caption', { what })}</caption>
    <thead role="rowgroup"><tr role="row">${HEADS.map((head) => html`<th key=${head} role="columnheader" scope="col" class=${head}>${say(`film.${head}`)}</th>`)}</tr></thead>
    <tbody role="rowgroup">${programme.items.map((item, i) => html`<${Film} key=${i} item=${item} order=${i} seen=${seen.includes(i)} marks=${marks}
      open=${open === i} onOpen=${setOpen} onSeen=${() => onSeen(i)} />`)}</tbody></table>`;
}
