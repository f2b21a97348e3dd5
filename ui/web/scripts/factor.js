/* The second factor of one's own account: an authenticator app learns its secret from a QR code; ten
 * recovery codes are shown once, for the day when the app is lost. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Field } from './field.js';
import { Qr } from './qr.js';
import { call } from './api.js';
import { Problem, Waiting, useLoaded } from './load.js';
import { Password, codeOf } from './front.js';
import { saveText } from './save.js';

const PATH = '/api/v1/sessions/current/factor';

/* A heading that takes the focus when its step begins. */
function Step({ children }) {
  const box = useRef(null);
  useEffect(() => box.current.focus(), []);
  return html`<h3 tabindex="-1" ref=${box}>${children}</h3>`;
}

function Enrol({ offer, onDone, onClose }) {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await call('PUT', PATH, { code: codeOf(code) });
    setBusy(false);
    setCode('');
    if (answer.ok) onDone(answer.data.recovery);
    else setProblem(answer.status === 409 || answer.status === 400 ? 'factor.wrong' : 'account.offline');
  };
  return html`<div class="enrol"><${Step}>${say('factor.scan')}<//><p>${say('factor.scan.help')}</p>
    ${offer.qr && html`<${Qr} rows=${offer.qr} label=${text('factor.qr')} />`}
    <details><summary>${say('factor.typed')}</summary><p class="secret number">${offer.secret.replace(/(.{4})/g, '$1 ').trim()}</p></details>
    <${Problem} of=${problem} />
    <form onSubmit=${submit} novalidate><${Field} id="factor-code" label=${text('login.code')} hint=${text('factor.code.hint')} value=${code} onInput=${setCode}
        wrong=${problem === 'factor.wrong'} inputmode="numeric" autocomplete="one-time-code" maxlength="10" />
      <div class="acts"><button type="button" class="button" onClick=${onClose}>${say('factor.later')}</button>
        <button type="submit" class="button first" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'account.busy' : 'factor.confirm')}</button></div></form></div>`;
}

/* They are never shown again: whoever goes on has them on paper. */
function Recovery({ codes, user, onDone }) {
  return html`<div class="recovery"><${Step}>${say('recovery')}<//><p>${say('recovery.help')}</p><p class="onpaper">${say('recovery.of', { user })}</p>
    <ol class="secret number">${codes.map((code) => html`<li key=${code}>${code}</li>`)}</ol>
    <div class="acts"><button type="button" class="button second" onClick=${() => window.print()}>${say('recovery.print')}</button>
      <button type="button" class="button second" onClick=${() => saveText(text('recovery.file', { user }), `${text('recovery.of', { user })}\r\n${codes.join('\r\n')}\r\n`)}>${say('recovery.save')}</button>
      <button type="button" class="button first" onClick=${onDone}>${say('recovery.done')}</button></div></div>`;
}

/* Only with password and code: a stolen session must not take the second factor away. */
function Off({ onDone, onClose }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await call('POST', `${PATH}/removal`, { password, code: codeOf(code) });
    setBusy(false);
    setPassword('');
    setCode('');
    if (answer.ok) onDone();
    else setProblem(answer.status === 401 || answer.status === 400 ? 'account.wrong' : answer.status === 429 ? 'account.often' : 'account.offline');
  };
  return html`<div class="enrol"><${Step}>${say('factor.off')}<//><p>${say('factor.off.help')}</p><${Problem} of=${problem} />
    <form onSubmit=${submit} novalidate><${Password} id="off-password" label=${text('login.password')} value=${password} onInput=${setPassword} autocomplete="current-password" />
      <${Field} id="off-code" label=${text('login.code')} hint=${text('login.code.hint')} value=${code} onInput=${setCode} autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="16" />
      <div class="acts"><button type="button" class="button" onClick=${onClose}>${say('factor.off.no')}</button>
        <button type="submit" class="button danger" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'account.busy' : 'factor.off.yes')}</button></div></form></div>`;
}

export function Factor({ who }) {
  const { data, failed, again } = useLoaded(PATH);
  const [step, set] = useState({ at: 'rest' });
  const [problem, setProblem] = useState('');
  const heading = useRef(null);
  if (!data) return html`<section class="panel"><h2>${say('factor')}</h2><${Waiting} failed=${failed} again=${again} /></section>`;
  const rest = async () => { await again(); set({ at: 'rest' }); heading.current.focus(); };
  const begin = async () => {
    const answer = await call('POST', PATH);
    setProblem(answer.ok ? '' : 'account.offline');
    if (answer.ok) set({ at: 'enrol', offer: answer.data });
  };
  return html`<section class="panel" aria-labelledby="factor"><h2 id="factor" tabindex="-1" ref=${heading}>${say('factor')}</h2>
    ${step.at === 'rest' && html`<p role="status"><b>${say(data.on ? 'factor.is.on' : 'factor.is.off')}</b></p><p>${say(data.on ? 'factor.on.help' : 'factor.help')}</p><${Problem} of=${problem} />
      <p>${data.on ? html`<button type="button" class="button danger" onClick=${() => set({ at: 'off' })}>${say('factor.off')}</button>`
    : html`<button type="button" class="button first" onClick=${begin}>${say('factor.begin')}</button>`}</p>`}
    ${step.at === 'enrol' && html`<${Enrol} offer=${step.offer} onDone=${(codes) => set({ at: 'codes', codes })} onClose=${rest} />`}
    ${step.at === 'codes' && html`<${Recovery} codes=${step.codes} user=${who.user} onDone=${rest} />`}
    ${step.at === 'off' && html`<${Off} onDone=${rest} onClose=${rest} />`}</section>`;
}
