/* A still for every film and page, and playing it in place through an address that is good for minutes
 * and this login only (terms 21.3). What a kiosk draws is drawn by the kiosk's own renderer. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call, picture } from './api.js';
import { Problem } from './load.js';
import { length } from './plan.js';

addShapes({ play: html`<path d="M7 4l13 8-13 8Z" fill="currentColor" />` });

const SEEN_SHARE = 0.8; /* played so far: it counts as seen */
/* Drawn as large as in the waiting room, since a small area has a layout of its own; shown: what is kept. */
const STILL = { width: 1280, height: 720, shown: 480 };
const FULL = { width: 1280, height: 720, shown: 1280 };
const DRAWN_MAX = 64;
const STILLS_AT_ONCE = 2; /* a form has many templates, and what one types comes first */

/* Drawings of this visit, oldest first: the same page is drawn once. */
const drawn = new Map();

/* An ImageBitmap, or { status, data } of what was refused. */
export async function draw(page, clinic, { width, height, shown }) {
  const key = JSON.stringify([page, clinic, shown]);
  if (!drawn.has(key)) {
    const answer = await picture('/api/v1/drawings', { page, clinic, width, height }, shown);
    if (!answer.ok) return answer;
    drawn.set(key, answer.bitmap);
    if (drawn.size > DRAWN_MAX) drawn.delete(drawn.keys().next().value);
  }
  return { ok: true, bitmap: drawn.get(key) };
}

let drawing = 0;
const waiting = [];

/* The same, in its turn. */
async function drawStill(...what) {
  if (drawing >= STILLS_AT_ONCE) await new Promise((go) => { waiting.push(go); });
  drawing += 1;
  const answer = await draw(...what);
  drawing -= 1;
  waiting.shift()?.();
  return answer;
}

export function paint(canvas, bitmap) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
}

/* Calls once it comes into view: a programme may hold many films. */
function useNear(box) {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver(([entry]) => { if (entry.isIntersecting) { setNear(true); watch.disconnect(); } }, { rootMargin: '200px' });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return near;
}

function Drawn({ page, clinic, size, label }) {
  const canvas = useRef(null);
  const box = useRef(null);
  const near = useNear(box);
  useEffect(() => {
    let gone = false;
    if (near) (size === STILL ? drawStill : draw)(page, clinic, size).then((answer) => { if (!gone && answer.ok) paint(canvas.current, answer.bitmap); });
    return () => { gone = true; };
  }, [near, JSON.stringify(page)]);
  return html`<span class="drawn" ref=${box}><canvas ref=${canvas} width=${size.shown} height=${(size.shown * 9) / 16} role=${label ? 'img' : null} aria-label=${label} aria-hidden=${label ? null : 'true'}></canvas></span>`;
}

const Card = ({ item }) => html`<span class="card-notice" aria-hidden="true"><b>${item.title}</b><span>${(item.body ?? '').split('\n')[0]}</span></span>`;

/* Beside its title, so readers do not hear it. */
export function Still({ item, clinic }) {
  const [failed, setFailed] = useState(false);
  return html`<span class="still">${item.page ? html`<${Drawn} page=${item.page} clinic=${clinic} size=${STILL} />`
    : item.sha256 ? !failed && html`<img src=${`/api/v1/films/${item.sha256}/still`} alt="" loading="lazy" width="320" height="180" onError=${() => setFailed(true)} />`
      : html`<${Card} item=${item} />`}
    ${item.duration_ms > 0 && html`<span class="number">${length(item.duration_ms)}</span>`}</span>`;
}

function Film({ item, onSeen }) {
  const [state, set] = useState({ url: '', failed: false });
  const video = useRef(null);
  const again = useRef(true);
  const ask = async () => {
    const answer = await call('POST', `/api/v1/films/${item.sha256}/preview`, {});
    set(answer.ok ? { url: answer.data.url, failed: false } : { url: '', failed: true });
  };
  useEffect(() => { ask(); }, [item.sha256]);
  useEffect(() => { video.current?.focus(); }, [state.url]);
  /* the address may have run out while the page stood open: one new one, then say so */
  const broken = () => { if (again.current) { again.current = false; ask(); } else set({ url: '', failed: true }); };
  const watched = (e) => { const { currentTime, duration } = e.target; if (duration && currentTime / duration >= SEEN_SHARE) onSeen(); };
  if (state.failed) return html`<${Problem} of="film.failed" />`;
  if (!state.url) return html`<p role="status">${say('film.coming')}</p>`;
  return html`<video ref=${video} src=${state.url} controls autoplay playsinline controlslist="nodownload" aria-label=${item.title}
    onTimeUpdate=${watched} onEnded=${onSeen} onError=${broken}></video>`;
}

function Page({ item, clinic, onSeen }) {
  const box = useRef(null);
  useEffect(() => { box.current.focus(); onSeen(); }, []);
  return html`<div class="screen" tabindex="-1" ref=${box}>${item.page ? html`<${Drawn} page=${item.page} clinic=${clinic} size=${FULL} label=${text('film.page', { title: item.title })} />`
    : html`<p class="note">${say('film.notice')}</p><h3>${item.title}</h3>${(item.body ?? '').split('\n').map((row, i) => html`<p key=${i}>${row}</p>`)}`}</div>`;
}

/* In place; onSeen when enough of it was played. */
export function Player({ item, clinic, onSeen = () => {}, onClose }) {
  return html`<div class="player">${item.sha256 && !item.page ? html`<${Film} item=${item} onSeen=${onSeen} />` : html`<${Page} item=${item} clinic=${clinic} onSeen=${onSeen} />`}
    <button type="button" class="button" onClick=${onClose}>${say(item.sha256 && !item.page ? 'film.stop' : 'film.close')}</button></div>`;
}

/* The button that opens a player; it keeps its name while the player is open. */
export function Play({ item, open, onPress, button }) {
  return html`<button type="button" class="button" ref=${button} aria-expanded=${String(open)} aria-label=${text('film.play.of', { title: item.title })} onClick=${onPress}>
    <${Icon} name="play" size="20" />${say('film.play')}</button>`;
}
