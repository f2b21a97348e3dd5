/* What the two patient pages share: language, header, plates, message, age of the data. */
import { html, render, useState, useEffect, useLayoutEffect, useRef } from './preact.js';
import { load, say, text } from './words.js';
import { Icon } from './icons.js';
import { clock, date, dayOf, learnTime } from './when.js';
import { follow } from './stream.js';

/* Each language by its own name, as on the terminal. */
const LANGUAGES = {
  ja: '日本語', 'ja-easy': 'やさしい日本語', en: 'English', 'zh-Hans': '简体中文', ko: '한국어', vi: 'Tiếng Việt', pt: 'Português',
};
const KEPT = 'machiai.language';
const LOST_MS = 60000;
const HIDDEN_MS = 5 * 60000; /* a page that nobody looks at lets go of its line */

export let language = 'ja';
export const japanese = () => language.startsWith('ja');

function kept() {
  try { return localStorage.getItem(KEPT); } catch { return null; }
}

function wanted() {
  const asked = new URLSearchParams(location.search).get('lang') ?? kept();
  if (asked in LANGUAGES) return asked;
  for (const tag of navigator.languages ?? []) {
    const base = tag.split('-')[0];
    const found = Object.keys(LANGUAGES).find((code) => code === base || code.split('-')[0] === base);
    if (found) return found;
  }
  return (navigator.languages ?? []).length ? 'en' : 'ja';
}

let catalogues = [];

async function speak(code) {
  await Promise.all(catalogues.map((name) => load(name, code)));
  language = code;
  document.documentElement.lang = code === 'ja-easy' ? 'ja' : code;
  document.documentElement.dataset.words = code;
}

/* What the server wrote stays until the page has something to show itself. */
let show = () => {};

/* Loads the words, then draws Page; Page gets choose, so that a new language redraws everything. */
export async function start(Page, ...more) {
  const plain = document.getElementById('page');
  const root = plain.cloneNode(false);
  catalogues = ['patient', ...more];
  await speak(wanted()).catch(() => speak('ja'));
  const draw = () => render(html`<${Page} language=${language} choose=${choose} />`, root);
  show = () => { plain.replaceWith(root); show = () => {}; };
  async function choose(code) {
    await speak(code);
    try { localStorage.setItem(KEPT, code); } catch { /* private mode: for this visit only */ }
    draw();
  }
  draw();
  if (!plain.querySelector('main')) show();
}

/* Follows a view: { view, at, heard, gone, failed, again }. at: the server's time of what is shown. */
export function useView(url, snapshot) {
  const [state, set] = useState({ view: null, gone: 0 });
  const live = useRef(null);
  const time = useRef({ heard: Date.now(), got: 0, at: 0 });
  useEffect(() => {
    if (!url) return undefined;
    let timer = 0;
    const open = () => {
      live.current = follow(url, {
        snapshot, event: 'queue',
        data(view) {
          learnTime(view.at);
          time.current = { heard: Date.now(), got: Date.now(), at: view.at };
          set((old) => ({ ...old, view, gone: 0 }));
        },
        heard(ms) { time.current.heard = ms; },
        gone(status) { set((old) => ({ ...old, gone: status })); },
      });
    };
    const seen = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => { live.current.stop(); live.current = null; }, HIDDEN_MS);
      else if (!live.current) open();
    };
    const online = () => live.current?.again();
    open();
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('online', online);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('online', online);
      clearTimeout(timer);
      live.current?.stop();
    };
  }, [url]);
  return { ...state, time: time.current, again: () => live.current?.again() };
}

/* Seconds since the last word from the server; renders every 5 s, and counts as lost after 60 s, or as
 * soon as the device says that it has no network (and nothing came since: some say so wrongly). */
export function useAge(time) {
  const [, tick] = useState(0);
  const offline = useRef(0);
  useEffect(() => {
    const look = () => { offline.current = navigator.onLine === false ? Date.now() : 0; tick((n) => n + 1); };
    const timer = setInterval(() => tick((n) => n + 1), 5000);
    look();
    for (const name of ['online', 'offline']) window.addEventListener(name, look);
    return () => {
      clearInterval(timer);
      for (const name of ['online', 'offline']) window.removeEventListener(name, look);
    };
  }, []);
  const ms = Date.now() - time.heard, alone = offline.current > 0 && time.heard <= offline.current;
  return { seconds: Math.max(0, Math.round(ms / 1000)), lost: alone || ms > LOST_MS, offline: alone, at: time.at + (time.heard - time.got) };
}

function Languages({ choose }) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const pick = async (code) => {
    await choose(code);
    setOpen(false);
    button.current.focus();
  };
  const key = (e) => { if (e.key === 'Escape' && open) { setOpen(false); button.current.focus(); } };
  return html`<div class="languages" onKeyDown=${key}>
    <button ref=${button} type="button" class="button" aria-expanded=${String(open)} aria-controls="languages"
      onClick=${() => setOpen(!open)}><${Icon} name="globe" size="20" /><span>${say('language')}</span></button>
    <ul id="languages" hidden=${!open} aria-label=${text('language.choose')}>
      ${Object.keys(LANGUAGES).map((code) => html`<li key=${code}><button type="button" class="button"
        lang=${code === 'ja-easy' ? 'ja' : code} aria-current=${code === language ? 'true' : null}
        onClick=${() => pick(code)}>${LANGUAGES[code]}</button></li>`)}
    </ul>
  </div>`;
}

export function Header({ view, sub, choose }) {
  return html`<header class="top">
    <div>${view && html`<h1 lang="ja">${view.clinic.name}</h1>`}<p class="note">${sub}</p></div>
    <${Languages} choose=${choose} />
  </header>`;
}

export function sessionText(session, how = say) {
  return session ? how('session', { date: date(dayOf(session), how), kind: how(`session.${session.kind}`) }) : null;
}

/* The room's name: outside Japanese also as it stands on the door. */
export function roomName(call) {
  return japanese() || !call.room_en ? call.room : call.room_en;
}

export function Room({ call, payment }) {
  const name = roomName(call);
  return html`<div class="plate-door">
    <${Icon} name=${payment ? 'yen' : 'door'} size="40" />
    <p class="keep">${payment ? say('go.payment') : say('go.room', { room: name })}
      ${!payment && name !== call.room && html`<span class="sub" lang="ja">${call.room}</span>`}</p>
  </div>`;
}

export function Lost({ age, again }) {
  return html`<div class="banner lost" role="status"><${Icon} name="lost" />
    <div><strong>${say('lost', { time: clock(age.at, say) })}</strong>
    <p>${age.offline ? say('lost.offline') : say('lost.minutes', { n: Math.max(1, Math.floor(age.seconds / 60)) })}</p></div></div>
    <button type="button" class="button second wide" onClick=${again}>${say('lost.again')}</button>
    <p>${say('lost.valid')}</p>`;
}

/* What this phone has booked: its numbers of the last two days, for the clinic's page. */
const TICKETS = 'machiai.tickets';
const TICKETS_MAX = 12;

export function keptTickets() {
  try { return JSON.parse(localStorage.getItem(TICKETS) ?? '[]'); } catch { return []; }
}

export function keepTicket(ticket) {
  const rest = keptTickets().filter((one) => one.code !== ticket.code && Date.now() - one.at < 2 * 86400000);
  try { localStorage.setItem(TICKETS, JSON.stringify([{ ...ticket, at: Date.now() }, ...rest].slice(0, TICKETS_MAX))); } catch { /* private mode: the link remains */ }
}

/* It is over: the clinic's page need not offer it any more. */
export function dropTickets(codes) {
  try { localStorage.setItem(TICKETS, JSON.stringify(keptTickets().filter((one) => !codes.includes(one.code)))); } catch { /* as above */ }
}

export function Message({ message }) {
  return message ? html`<section class="message"><h2>${say('message')}</h2>
    <p lang="ja">${message.split('\n').map((row, i) => (i ? [html`<br />`, row] : row))}</p></section>` : null;
}

export function Phone({ phone }) {
  return phone ? html`<div class="phone"><p>${say('phone')}</p>
    <a class="button wide" href=${`tel:${phone}`}><${Icon} name="phone" size="20" /><span class="number">${phone}</span></a></div>` : null;
}

export function Age({ age }) {
  if (age.lost) return null;
  const line = age.seconds < 5 ? say('age.now', { time: clock(age.at, say) })
    : say('age.seconds', { time: clock(age.at, say), n: age.seconds });
  return html`<p class="age note"><i></i><span>${line}<br />${say('age.auto')}</span></p>`;
}

/* Waiting for the first data: still bars, then a way to try again. */
export function Loading({ again }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => { setLate(true); show(); }, 10000);
    return () => clearTimeout(timer);
  }, []);
  return html`<main><p class="hear" role="status">${say(late ? 'loading.failed' : 'loading')}</p>
    ${late ? html`<div class="card"><h2>${say('loading.failed')}</h2>
      <button type="button" class="button first wide" onClick=${again}>${say('loading.again')}</button></div>`
    : html`<div class="bars"><i></i><i></i><i></i></div>`}</main>`;
}

export function Title({ what, clinic }) {
  useLayoutEffect(() => { show(); }, []);
  useEffect(() => { document.title = clinic ? text('title.page', { what, clinic }) : what; }, [what, clinic]);
  return null;
}
