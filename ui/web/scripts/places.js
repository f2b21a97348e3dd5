/* The operator's sites: found by name or number, each with its people, devices, contract and record. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Field } from './field.js';
import { Heading, address } from './shell.js';
import { Manage } from './manage.js';
import { Rows } from './rows.js';

const SHOWN = 50;
const HEADS = ['places.name', 'places.no', 'places.act'];
const plain = (words) => words.normalize('NFKC').toLowerCase().replace(/\s+/g, '');

function List({ sites }) {
  const [words, set] = useState('');
  const found = sites.filter((one) => plain(`${one.name}${one.clinic_no}`).includes(plain(words)));
  return html`<div class="head"><${Heading}>${say('places.title')}<//></div>
    <form class="panel" role="search" onSubmit=${(e) => e.preventDefault()}><${Field} id="places" type="search" label=${text('places.find')} value=${words} onInput=${set} autocomplete="off" /></form>
    <p class="note" role="status">${say(found.length > SHOWN ? 'places.more' : 'places.count', { n: found.length, shown: SHOWN })}</p>
    <${Rows} title="places.title" heads=${HEADS}>${found.slice(0, SHOWN).map((one) => html`<tr key=${one.site} role="row"><th role="rowheader" scope="row">${one.name}</th>
      <td role="cell" data-head=${text('places.no')}>${one.clinic_no}</td><td role="cell" class="act"><a class="button second" href=${address('sites', one.site)} aria-label=${text('places.open.of', { name: one.name })}>${say('places.open')}</a></td></tr>`)}<//>`;
}

export function Places({ sites, id, at, operator }) {
  const site = sites.find((one) => one.site === id);
  return site ? html`<p><a href=${address('sites')}>${say('places.back')}</a></p><${Manage} key=${id} base=${['sites', id]} at=${at} site=${id} clinic=${site.name} operator=${operator} />` : html`<${List} sites=${sites} />`;
}
