/* Logging in to the working pages. One answer for every mismatch, and never which half was wrong. */
import { html, render, useEffect, useRef, useState } from './preact.js';
import { load, say, text } from './words.js';
import { Icon } from './icons.js';
import { Field } from './field.js';
import { logIn, session, whenEnded } from './api.js';

const coded = (answer) => answer.status === 401 && answer.data?.error === 'code_needed';

function problem(answer, factor) {
  if (coded(answer)) return { head: text('login.code.head'), help: text('login.code.help') };
  if (answer.status === 401 && factor) return { head: text('login.failed'), help: text('login.failed.code'), fields: true };
  if (answer.status === 401) return { head: text('login.failed'), help: text('login.failed.help'), fields: true };
  if (answer.status === 429) {
    return { head: text('login.throttled'), help: text('login.throttled.help', { n: Math.max(1, Math.ceil((answer.retry || 600) / 60)) }) };
  }
  return { head: text('login.offline'), help: text('login.offline.help') };
}

function Login({ start, onSession }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [factor, ask] = useState(false); /* an account with a second factor */
  const [code, setCode] = useState('');
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(start);
  const summary = useRef(null);
  useEffect(() => {
    document.title = `${error ? error.head : text('login')} - ${text('login.house')}`;
    if (error) summary.current.focus();
  }, [error]);
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await logIn(user, password, factor ? code.normalize('NFKC').replace(/\D/g, '') : '');
    setBusy(false);
    if (answer.session) return onSession(answer.session);
    setCode('');
    if (coded(answer)) ask(true);
    else setPassword('');
    return setError(problem(answer, factor));
  };
  const wrong = error?.fields;
  const show = html`<button type="button" class="button" aria-pressed=${String(open)} onClick=${() => setOpen(!open)}>
    ${say(open ? 'login.hide' : 'login.show')}</button>`;
  return html`<header class="mast"><img src="/assets/icon.svg" alt="" width="32" height="32" /><p><b>${say('login.house')}</b></p></header>
    <main class="narrow"><h1>${say('login')}</h1>
    ${error && html`<div class="banner error" role="alert" tabindex="-1" ref=${summary}><${Icon} name="warning" />
      <div><strong>${error.head}</strong><p>${error.help}</p></div></div>`}
    <form onSubmit=${submit} novalidate>
      <${Field} id="user" label=${text('login.user')} value=${user} onInput=${setUser} wrong=${wrong}
        autocomplete="username" autocapitalize="none" spellcheck="false" />
      <${Field} id="password" label=${text('login.password')} type=${open ? 'text' : 'password'} value=${password}
        onInput=${setPassword} wrong=${wrong} autocomplete="current-password" beside=${show} />
      ${factor && html`<${Field} id="code" label=${text('login.code')} hint=${text('login.code.hint')} value=${code} onInput=${setCode} wrong=${wrong} inputmode="numeric" autocomplete="one-time-code" />`}
      <button class="button first wide" type="submit" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'login.busy' : 'login.do')}</button>
    </form>
    <p class="note rule">${say('login.help')}</p></main>`;
}

/* Shows `Page` to whoever is logged in with one of the roles, else the form. words: a catalogue or several. */
export async function enter({ words, roles, Page, title }) {
  await Promise.all(['login'].concat(words).map((one) => load(one, 'ja')));
  const root = document.getElementById('page');
  root.replaceChildren();
  let shown = 0; /* each showing is a new form: nothing typed before stays in it */
  const form = (key) => {
    shown += 1;
    const start = key ? { head: text(key), help: text(`${key}.help`) } : null;
    render(html`<${Login} key=${shown} start=${start} onSession=${go} />`, root);
  };
  function go(who) {
    if (!roles.includes(who.role) || !who.sites.length) {
      form('login.forbidden');
      return;
    }
    document.title = text(title);
    render(html`<${Page} who=${who} leave=${() => form()} ended=${() => form('login.ended')} />`, root);
  }
  whenEnded(() => form('login.ended'));
  const who = await session();
  if (who) go(who);
  else form();
}
