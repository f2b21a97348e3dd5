/* /: where to go. The demo clinic's queues are listed when they exist here. */
import { html, render, useEffect, useRef, useState } from './preact.js';
import { load, say, text } from './words.js';
import { Field } from './field.js';

const DEMO_QUEUES = ['1024-1', '1024-2'];

function useDemo() {
  const [found, set] = useState([]);
  useEffect(() => {
    Promise.all(DEMO_QUEUES.map(async (id) => {
      const answer = await fetch(`/api/v1/queues/${id}`).catch(() => null);
      return answer?.ok ? answer.json() : null;
    })).then((views) => set(views.filter(Boolean)));
  }, []);
  return found;
}

function Ask() {
  const [id, setId] = useState('');
  const [wrong, setWrong] = useState(false);
  const field = useRef(null);
  const go = (e) => {
    e.preventDefault();
    const clean = id.normalize('NFKC').trim().replace(/[\u2010-\u2015\u2212\u30fc]/g, '-');
    if (/^\d{1,8}-\d{1,2}$/.test(clean)) location.assign(`/q/${clean}`);
    else { setWrong(true); field.current.focus(); }
  };
  return html`<form onSubmit=${go} novalidate>
    <${Field} id="queue-id" label=${text('index.id')} hint=${text('index.id.hint')} error=${wrong && text('index.id.wrong')}
      value=${id} onInput=${setId} input=${field} autocomplete="off" spellcheck="false" />
    <button class="button first" type="submit">${say('index.go')}</button></form>`;
}

function Index() {
  const demo = useDemo();
  return html`<header class="mast"><img src="/assets/icon.svg" alt="" width="32" height="32" /><p><b>${say('index.house')}</b></p></header>
    <main class="narrow"><h1>${say('index.title')}</h1><p>${say('index.lead')}</p>
    <section><h2>${say('index.patient')}</h2><${Ask} /></section>
    ${demo.length > 0 && html`<section><h2>${say('index.here')}</h2><ul class="links">${demo.map((view) => html`<li key=${view.queue_id}>
      <a class="button second wide" href=${`/q/${view.queue_id}`}>${say('index.queue', { clinic: view.clinic.name, desk: view.desk.name })}
      <span class="number">${view.queue_id}</span></a></li>`)}</ul></section>`}
    <section><h2>${say('index.work')}</h2><ul class="links">${['staff', 'programme', 'operator'].map((page) => html`<li key=${page}>
      <a class="button wide" href=${`/${page}/`}>${say(`index.${page}`)}</a><p class="note">${say(`index.${page}.help`)}</p></li>`)}</ul></section>
    </main>`;
}

await load('index', 'ja');
const root = document.getElementById('page');
root.replaceChildren();
render(html`<${Index} />`, root);
