/* Logging in to the working pages. One answer for every mismatch, and never which half was wrong. */
import { html, render, useEffect, useRef, useState } from './preact.js';
import { load, say, text } from './words.js';
import { Field } from './field.js';
import { atKiosk } from './where.js';
import { logIn, session, whenEnded } from './api.js';
import { Frame, Password, codeOf, refused } from './front.js';
import { Loss, Reset } from './way_back.js';

const coded = (answer) => answer.status === 401 && answer.data?.error === 'code_needed';

function problem(answer, factor) {
  if (coded(answer)) return { good: true, quiet: true, head: text('login.code.head'), help: text('login.code.help') };
  if (answer.status === 401 && factor) return { head: text('login.failed'), help: text('login.failed.code'), fields: true };
  if (answer.status === 401) return { head: text('login.failed'), help: text('login.failed.help'), fields: true };
  return refused(answer);
}

function Login({ start, turned, turn, onSession }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [factor, ask] = useState(false); /* an account with a second factor */
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [told, tell] = useState(start);
  const asked = useRef(null);
  useEffect(() => { if (factor) asked.current.focus(); }, [factor]);
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await logIn(user, password, factor ? codeOf(code) : '');
    setBusy(false);
    if (answer.session) { onSession(answer.session); return; }
    setCode('');
    if (coded(answer)) ask(true);
    else setPassword('');
    tell(problem(answer, factor));
  };
  const wrong = told?.fields;
  return html`<${Frame} title=${text('login')} told=${told} turned=${turned}>
    ${atKiosk && html`<p>${say('login.kiosk.help')}</p>`}
    <form onSubmit=${submit} novalidate>
      <${Field} id="user" label=${text('login.user')} value=${user} onInput=${setUser} wrong=${wrong}
        autocomplete="username" autocapitalize="none" spellcheck="false" />
      <${Password} id="password" label=${text('login.password')} value=${password} onInput=${setPassword} wrong=${wrong} autocomplete="current-password" />
      ${factor && html`<${Field} id="code" label=${text('login.code')} hint=${text('login.code.hint')} value=${code} onInput=${setCode} wrong=${wrong} input=${asked}
        autocapitalize="characters" spellcheck="false" autocomplete="one-time-code" maxlength="16" />`}
      <button class="button first wide" type="submit" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'login.busy' : 'login.do')}</button>
    </form>
    ${!atKiosk && html`<ul class="links rule"><li><button type="button" class="button text" onClick=${() => turn('reset')}>${say('reset.link')}</button></li>
      <li><button type="button" class="button text" onClick=${() => turn('loss')}>${say('loss.link')}</button></li></ul>`}
    <p class="note">${say('login.help')}</p><p class="note">${say('login.support')}</p><//>`;
}

const FORMS = { login: Login, reset: Reset, loss: Loss };

/* The log-in form, and what can be turned to from it. */
function Gate({ start, onSession }) {
  const [now, set] = useState({ form: 'login', told: start, turned: false });
  const turn = (form, told = null) => set({ form, told, turned: true });
  return html`<${FORMS[now.form]} key=${now.form} start=${now.told} turned=${now.turned} turn=${turn} onSession=${onSession} />`;
}

/* Shows `Page` to whoever is logged in with one of the roles, else the form. words: a catalogue or several.
 * siteless: also to who has no site. The page's leave() takes what is told above the form. */
export async function enter({ words, roles, Page, title, siteless }) {
  await Promise.all(['login'].concat(words).map((one) => load(one, 'ja')));
  const root = document.getElementById('page');
  root.replaceChildren();
  let shown = 0; /* each showing is a new form: nothing typed before stays in it */
  const form = (told = null) => {
    shown += 1;
    render(html`<${Gate} key=${shown} start=${told} onSession=${go} />`, root);
  };
  const over = () => form({ head: text('login.ended'), help: text('login.ended.help') });
  function go(who) {
    if (!roles.includes(who.role) || !(siteless || who.sites.length)) {
      form({ head: text('login.forbidden'), help: text('login.forbidden.help') });
      return;
    }
    document.title = text(title);
    render(html`<${Page} who=${who} leave=${form} ended=${over} />`, root);
  }
  whenEnded(over);
  const who = await session();
  if (who) go(who);
  else form();
}
