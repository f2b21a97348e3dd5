/* What contractor's and operator's pages stand in: the bar with its parts, and which part is shown
 * ("#/notices/ID": the address can be kept, and the browser's own back button works). */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { logOut } from './api.js';

addShapes({ menu: 'M4 7h16M4 12h16M4 17h16' });

const parts = () => location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);

export const address = (...names) => `#/${names.map(encodeURIComponent).join('/')}`;
export const go = (...names) => { location.hash = address(...names); };

/* The parts of the address; moves the focus to the heading of what has come into view. */
export function useAddress() {
  const [now, set] = useState(parts());
  useEffect(() => {
    const changed = () => {
      set(parts());
      window.scrollTo(0, 0);
      requestAnimationFrame(() => document.querySelector('main h1')?.focus());
    };
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return now;
}

/* A heading that the focus can be moved to; the title of the page begins with it. */
export function Heading({ children }) {
  const words = [children].flat(9).filter((part) => typeof part === 'string').join('');
  useEffect(() => { document.title = text('page.title', { what: words, house: text('house') }); }, [words]);
  return html`<h1 tabindex="-1">${children}</h1>`;
}

/* tabs: keys of the words "tab.KEY". sites: to choose from, where there are several. */
export function Mast({ tabs, at, who, leave, sites, site, onSite }) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const shut = (e) => { if (e.key === 'Escape' && open) { setOpen(false); button.current.focus(); } };
  return html`<header class=${`mast tabs ${open ? 'open' : ''}`} onKeyDown=${shut}>
    <p class="house"><img src="/assets/icon.svg" alt="" width="28" height="28" /><b>${say('house')}</b></p>
    <button type="button" class="button opener" ref=${button} aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>
      <${Icon} name="menu" size="20" />${say('menu')}</button>
    <nav aria-label=${text('menu')}><ul>${tabs.map((tab) => html`<li key=${tab}>
      <a href=${address(tab)} aria-current=${tab === at ? 'page' : null} onClick=${() => setOpen(false)}>${say(`tab.${tab}`)}</a></li>`)}</ul></nav>
    ${sites?.length > 1 && html`<p class="pick"><select aria-label=${text('site')} value=${site} onChange=${(e) => onSite(e.target.value)}>
      ${sites.map((one) => html`<option key=${one.site} value=${one.site}>${one.name}</option>`)}</select></p>`}
    <div class="who"><a href="/account/" aria-label=${text('account.link', { name: who.name })}>${who.name}</a><button type="button" class="button" onClick=${async () => { await logOut(); leave(); }}>${say('logout')}</button></div></header>`;
}

/* What was done on the page before is told once on the next. */
let told = '';
export const tell = (words) => { told = words; };

export function Told() {
  const [words] = useState(told);
  useEffect(() => { told = ''; }, []);
  return words ? html`<div class="banner info" role="status"><${Icon} name="check" /><div><strong>${words}</strong></div></div>` : null;
}
