/* What stands before the working pages: a narrow page with one form, and at its top what went wrong or
 * what was done. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Field } from './field.js';
import { atKiosk } from './where.js';

/* told: { head, help, good, quiet }; the focus goes there unless it is quiet, else, on a page that somebody
 * turned to, to its heading. */
export function Frame({ title, told, turned, children }) {
  const heading = useRef(null);
  const summary = useRef(null);
  useEffect(() => {
    document.title = `${told ? told.head : title} - ${text('login.house')}`;
    if (told && !told.quiet) summary.current.focus();
    else if (!told && turned) heading.current.focus();
  }, [told]);
  return html`<header class="mast"><img src="/assets/icon.svg" alt="" width="32" height="32" /><p><b>${say('login.house')}</b> ${atKiosk && html`<em class="tag">${say('login.kiosk')}</em>`}</p></header>
    <main class="narrow"><h1 tabindex="-1" ref=${heading}>${title}</h1>
    ${told && html`<div class=${`banner ${told.good ? 'info' : 'error'}`} role=${told.good ? 'status' : 'alert'} tabindex="-1" ref=${summary}><${Icon} name=${told.good ? 'check' : 'warning'} />
      <div><strong>${told.head}</strong><p>${told.help}</p></div></div>`}
    ${children}</main>`;
}

export function Password({ beside, ...rest }) {
  const [open, setOpen] = useState(false);
  const show = html`<button type="button" class="button" aria-pressed=${String(open)} onClick=${() => setOpen(!open)}>
    ${say(open ? 'login.hide' : 'login.show')}</button>`;
  return html`<${Field} type=${open ? 'text' : 'password'} autocapitalize="none" spellcheck="false" beside=${show} ...${rest} />`;
}

/* Six digits of the authenticator app, or a recovery code, as people type them. */
export function codeOf(typed) {
  const plain = typed.normalize('NFKC').trim();
  const digits = plain.replace(/[\s-]/g, '');
  return /^\d{6}$/.test(digits) ? digits : plain;
}

/* Told of every form alike: too many tries, and no connection. */
export function refused(answer) {
  if (answer.status === 429) return { head: text('login.throttled'), help: text('login.throttled.help', { n: Math.max(1, Math.ceil((answer.retry || 600) / 60)) }) };
  return { head: text('login.offline'), help: text('login.offline.help') };
}
