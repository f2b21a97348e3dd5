/* A table of things that can be acted upon: each row has an opener, which unfolds its acts in place. */
import { html } from './preact.js';
import { say, text } from './words.js';

/* title, heads: keys of words. */
export function Rows({ title, heads, children }) {
  return html`<table class="rows" role="table"><caption class="hear">${say(title)}</caption><thead role="rowgroup"><tr role="row">
      ${heads.map((head) => html`<th key=${head} role="columnheader" scope="col" class=${head.endsWith('.act') ? 'act' : ''}>${say(head)}</th>`)}</tr></thead>
    <tbody role="rowgroup">${children}</tbody></table>`;
}

export function Opener({ name, open, onOpen }) {
  return html`<button type="button" class="button" aria-expanded=${String(open)} aria-label=${text('rows.acts.of', { name })} onClick=${onOpen}>${say('rows.acts')}</button>`;
}

export function Tray({ span, children }) {
  return html`<tr role="row" class="tray"><td role="cell" colspan=${span}><div class="row">${children}</div></td></tr>`;
}
