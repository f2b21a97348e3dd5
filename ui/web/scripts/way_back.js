/* Beside the log-in form: a loss reported by whoever still knows the password, which locks at once (terms
 * 33), and the way back in with a code that somebody else made. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Field } from './field.js';
import { call } from './api.js';
import { Frame, Password, refused } from './front.js';

const PASSWORD_MIN = 8;

/* user: fixed where somebody is logged in; else it is asked for. */
export function LossForm({ user, onDone, onTold }) {
  const [typed, setTyped] = useState(user ?? '');
  const [password, setPassword] = useState('');
  const [state, set] = useState({ busy: false, wrong: false });
  const submit = async (e) => {
    e.preventDefault();
    if (state.busy) return;
    set({ busy: true, wrong: false });
    const answer = await call('POST', '/api/v1/losses', { user: typed.trim(), password });
    setPassword('');
    set({ busy: false, wrong: !answer.ok });
    if (answer.ok) onDone(typed.trim().toLowerCase());
    else if (answer.status === 400 || answer.status === 401) onTold({ head: text('loss.wrong'), help: text('loss.wrong.help') });
    else onTold(refused(answer));
  };
  return html`<form onSubmit=${submit} novalidate>
    ${!user && html`<${Field} id="loss-user" label=${text('login.user')} value=${typed} onInput=${setTyped} wrong=${state.wrong} autocomplete="username" autocapitalize="none" spellcheck="false" />`}
    <${Password} id="loss-password" label=${text('login.password')} value=${password} onInput=${setPassword} wrong=${state.wrong} autocomplete="current-password" />
    <button class="button destroy wide" type="submit" aria-disabled=${state.busy ? 'true' : null}>${say(state.busy ? 'loss.busy' : 'loss.do')}</button></form>`;
}

export function Loss({ turn }) {
  const [told, tell] = useState(null);
  const [done, setDone] = useState(false);
  const finish = (user) => { setDone(true); tell({ good: true, head: text('loss.done', { user }), help: text('loss.done.help') }); };
  return html`<${Frame} title=${text('loss')} told=${told} turned>
    ${!done && html`<p>${say('loss.lead')}</p><${LossForm} onDone=${finish} onTold=${tell} />`}
    <p class="note rule">${say(done ? 'loss.after' : 'loss.unknown')}</p>
    <p><button type="button" class="button text" onClick=${() => turn('reset')}>${say('reset.link')}</button></p>
    <p><button type="button" class="button text" onClick=${() => turn('login')}>${say('login.back')}</button></p><//>`;
}

export function Reset({ turn }) {
  const [user, setUser] = useState('');
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [told, tell] = useState(null);
  const [wrong, setWrong] = useState('');
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await call('POST', '/api/v1/passwords', { user: user.trim(), code: code.normalize('NFKC').trim(), new_password: password });
    setBusy(false);
    if (answer.ok) { turn('login', { good: true, head: text('reset.done'), help: text('reset.done.help') }); return; }
    const short = answer.status === 400 && password.length < PASSWORD_MIN;
    setWrong(short ? 'password' : 'code');
    if (short) tell({ head: text('reset.short'), help: text('reset.short.help') });
    else if (answer.status === 400 || answer.status === 401) tell({ head: text('reset.wrong'), help: text('reset.wrong.help') });
    else tell(refused(answer));
  };
  return html`<${Frame} title=${text('reset')} told=${told} turned><p>${say('reset.lead')}</p>
    <form onSubmit=${submit} novalidate>
      <${Field} id="reset-user" label=${text('login.user')} value=${user} onInput=${setUser} wrong=${wrong === 'code'} autocomplete="username" autocapitalize="none" spellcheck="false" />
      <${Field} id="reset-code" label=${text('reset.code')} hint=${text('reset.code.hint')} value=${code} onInput=${setCode} wrong=${wrong === 'code'} autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" />
      <${Password} id="reset-password" label=${text('reset.password')} hint=${text('password.hint')} value=${password} onInput=${setPassword} wrong=${wrong === 'password'} autocomplete="new-password" />
      <button class="button first wide" type="submit" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'reset.busy' : 'reset.do')}</button></form>
    <p class="note rule">${say('reset.none')}</p>
    <p><button type="button" class="button text" onClick=${() => turn('login')}>${say('login.back')}</button></p><//>`;
}
