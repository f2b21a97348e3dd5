/* The contractor sends an introduction or a self-made film (terms 18.2, 19). */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Field } from './field.js';
import { useLoaded } from './load.js';
import { Heading, go, tell } from './shell.js';
import { Pick, Progress, useSending } from './sending.js';

const KINDS = ['self_made', 'introduction'];

/* How many of a month's conversions are left, where the server says it. */
function Left({ site }) {
  const { data } = useLoaded(`/api/v1/sites/${site}/contents`);
  const month = data?.self_made;
  return month ? html`<p class="note">${say('sender.left', { n: Math.max(0, month.limit - month.used), all: month.limit })}</p>` : null;
}

export function Sender({ site, clinic }) {
  const [kind, setKind] = useState(KINDS[0]);
  const [title, setTitle] = useState('');
  const [file, setFile] = useState(null);
  const [tried, setTried] = useState(false);
  const sending = useSending((end) => { tell(text('sender.done', { title })); go('periods', end.sha256); });
  const running = sending.state && !['refused', 'ready'].includes(sending.state.state);
  const submit = (e) => {
    e.preventDefault();
    setTried(true);
    if (!running && file && title.trim()) sending.start(file, { kind, title: title.trim(), site });
  };
  return html`<div class="head"><div><p class="note">${clinic}</p><${Heading}>${say('sender.title')}<//></div></div>
    <form class="panel send" novalidate onSubmit=${submit}>
      <fieldset class="hours"><legend>${say('sender.kind')}</legend><div class="row">${KINDS.map((one) => html`<label key=${one} class="choice"><input type="radio" name="kind" checked=${kind === one} disabled=${running} onChange=${() => setKind(one)} /><span>${say(`sender.${one}`)}</span></label>`)}</div></fieldset>
      ${kind === 'self_made' && html`<${Left} site=${site} />`}
      <${Pick} file=${file} error=${tried && !file && text('file.missing')} onFile=${(one) => { setFile(one); sending.stop(); if (!title) setTitle(one.name.replace(/\.[^.]*$/, '').slice(0, 60)); }} />
      <${Field} id="title" label=${text('sender.name')} mark=${say('required')} hint=${text('sender.name.hint')} error=${tried && !title.trim() && text('page.missing')} value=${title} onInput=${setTitle} maxlength="60" autocomplete="off" />
      ${sending.state && html`<${Progress} of=${sending.state} onStop=${sending.stop} />`}
      ${!running && html`<button type="submit" class="button first wide">${say(sending.state?.state === 'refused' ? 'sender.again' : 'sender.do')}</button>`}</form>`;
}
