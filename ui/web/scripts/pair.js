/* /pair/: a new device shows a code; the contractor says to which clinic it belongs. The code in the
 * device's QR comes in the address's fragment, which no server is told. */
import { html, useEffect, useRef, useState } from './preact.js';
import { enter } from './login.js';
import { call, logOut } from './api.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Field } from './field.js';

const shownCode = () => location.hash.slice(1, 17).replace(/[^A-Za-z0-9-]/g, '');

function problem(answer) {
  if (answer.status === 404) return 'pair.unknown';
  if (answer.status === 400) return 'pair.wrong';
  if (answer.status === 403) return 'pair.forbidden';
  return answer.status === 429 ? 'pair.often' : 'pair.offline';
}

function Done({ clinic, again }) {
  const head = useRef(null);
  useEffect(() => head.current.focus(), []);
  return html`<h1 tabindex="-1" ref=${head}>${say('pair.done')}</h1><p>${say('pair.done.help', { clinic })}</p>
    <button class="button" type="button" onClick=${again}>${say('pair.again')}</button>`;
}

function Site({ sites, site, onSite }) {
  if (sites.length === 1) return html`<p>${say('pair.for', { clinic: sites[0].name })}</p>`;
  return html`<${Field} id="site" label=${text('pair.site')} value=${site} onInput=${onSite}>
    ${sites.map((one) => html`<option key=${one.site} value=${one.site}>${one.name}</option>`)}<//>`;
}

function Ask({ sites, onDone }) {
  const [site, setSite] = useState(sites[0].site);
  const [code, setCode] = useState(shownCode());
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const summary = useRef(null);
  useEffect(() => { if (error) summary.current.focus(); }, [error]);
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setError('');
    const answer = await call('POST', `/api/v1/sites/${site}/pairings`, { code: code.normalize('NFKC').trim(), name: name.trim() });
    setBusy(false);
    if (answer.ok) onDone(sites.find((one) => one.site === site).name);
    else setError(problem(answer));
  };
  return html`<h1>${say('pair.title')}</h1><p>${say('pair.lead')}</p>
    ${error && html`<div class="banner error" role="alert" tabindex="-1" ref=${summary}><${Icon} name="warning" />
      <div><strong>${say(error)}</strong><p>${say(`${error}.help`)}</p></div></div>`}
    <form onSubmit=${submit} novalidate>
      <${Field} id="code" label=${text('pair.code')} hint=${text('pair.code.hint')} value=${code} onInput=${setCode}
        wrong=${error === 'pair.unknown' || error === 'pair.wrong'} autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="16" />
      <${Site} sites=${sites} site=${site} onSite=${setSite} />
      <${Field} id="name" label=${text('pair.name')} hint=${text('pair.name.hint')} value=${name} onInput=${setName} autocomplete="off" maxlength="32" />
      <button class="button first wide" type="submit" aria-disabled=${busy ? 'true' : null}>${say(busy ? 'pair.busy' : 'pair.do')}</button>
    </form>`;
}

function Page({ who, leave }) {
  const [clinic, setClinic] = useState('');
  const out = async () => { await logOut(); leave(); };
  const again = () => { history.replaceState(null, '', location.pathname); setClinic(''); };
  return html`<header class="mast"><img src="/assets/icon.svg" alt="" width="32" height="32" /><p><b>${say('login.house')}</b> ${who.name}</p>
    <button class="button" type="button" onClick=${out}>${say('logout')}</button></header>
    <main class="narrow">${clinic ? html`<${Done} clinic=${clinic} again=${again} />` : html`<${Ask} sites=${who.sites} onDone=${setClinic} />`}</main>`;
}

enter({ words: 'pair', roles: ['contractor', 'operator'], Page, title: 'pair.page' });
