/* /account/: one's own account, for everybody who logs in: second factor, password, the report of a loss. */
import { html, useState } from './preact.js';
import { enter } from './login.js';
import { say, text } from './words.js';
import { Field } from './field.js';
import { call, logOut } from './api.js';
import { Problem } from './load.js';
import { Password, codeOf } from './front.js';
import { LossForm } from './way_back.js';
import { Factor } from './factor.js';

const HOME = { staff: '/staff/', contractor: '/programme/', operator: '/operator/' };

function Change({ leave }) {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [code, setCode] = useState('');
  const [asked, ask] = useState(false); /* for the second factor */
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const failed = (answer) => {
    if (answer.data?.error === 'code_needed') { ask(true); setProblem('account.code'); return; }
    setProblem(answer.status === 400 ? 'password.short' : answer.status === 401 ? 'account.wrong' : answer.status === 429 ? 'account.often' : 'account.offline');
  };
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const answer = await call('PUT', '/api/v1/sessions/current/password', { password: old, new_password: fresh, ...(asked && { code: codeOf(code) }) });
    setBusy(false);
    if (answer.ok) leave({ good: true, head: text('password.done'), help: text('password.done.help') });
    else failed(answer);
  };
  return html`<section class="panel" aria-labelledby="change"><h2 id="change">${say('password')}</h2><${Problem} of=${problem} />
    <form onSubmit=${submit} novalidate><${Password} id="old" label=${text('password.old')} value=${old} onInput=${setOld} wrong=${problem === 'account.wrong'} autocomplete="current-password" />
      <${Password} id="fresh" label=${text('reset.password')} hint=${text('password.hint')} value=${fresh} onInput=${setFresh} wrong=${problem === 'password.short'} autocomplete="new-password" />
      ${asked && html`<${Field} id="change-code" label=${text('login.code')} hint=${text('login.code.hint')} value=${code} onInput=${setCode} autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="16" />`}
      <div class="acts"><button type="submit" class="button second" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'account.busy' : 'password.do')}</button></div></form></section>`;
}

function Lost({ who, leave }) {
  const [open, setOpen] = useState(false);
  const [told, tell] = useState(null);
  const done = (user) => leave({ good: true, head: text('loss.done', { user }), help: `${text('loss.done.help')}${text('loss.after')}` });
  return html`<section class="panel" aria-labelledby="lost"><h2 id="lost">${say('loss')}</h2><p>${say('loss.lead')}</p>
    ${told && html`<div class="banner error" role="alert"><div><strong>${told.head}</strong><p>${told.help}</p></div></div>`}
    ${open ? html`<${LossForm} user=${who.user} onDone=${done} onTold=${tell} />`
    : html`<p><button type="button" class="button danger" onClick=${() => setOpen(true)}>${say('loss.link')}</button></p>`}</section>`;
}

function Page({ who, leave }) {
  const out = async () => { await logOut(); leave(); };
  return html`<header class="mast"><img src="/assets/icon.svg" alt="" width="32" height="32" /><p><b>${say('login.house')}</b></p>
    <div class="who"><a class="button" href=${HOME[who.role]}>${say(`account.home.${who.role}`)}</a><button class="button" type="button" onClick=${out}>${say('logout')}</button></div></header>
    <main class="narrow account"><div><h1>${say('account')}</h1><p>${who.name} <span class="note">${say('account.of', { user: who.user, role: text(`role.${who.role}`) })}</span></p></div>
    <${Factor} who=${who} /><${Change} leave=${leave} /><${Lost} who=${who} leave=${leave} /></main>`;
}

enter({ words: 'account', roles: ['staff', 'contractor', 'operator'], Page, title: 'account.page', siteless: true });
