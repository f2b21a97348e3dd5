/* One round as a ribbon in the films' true proportions; kinds are told apart by pattern. */
import { html } from './preact.js';
import { say, text } from './words.js';
import { round } from './plan.js';

export const KINDS = ['health', 'advertisement', 'clinic', 'substitute'];

export function Ribbon({ items, approved, label }) {
  const parts = round(items, approved);
  const count = (...kinds) => parts.filter((part) => kinds.includes(part.kind)).length;
  const heard = text('hear.round', { all: parts.length, provided: count('health', 'advertisement'), clinic: count('clinic'), substitute: count('substitute') });
  return html`<div class="round">${label && html`<h3>${label}</h3>`}<div class="ribbon" role="img" aria-label=${heard}>
    ${parts.map((part, i) => html`<i key=${i} class=${part.kind} style=${{ flexGrow: part.ms }}></i>`)}</div></div>`;
}

export const Legend = ({ kinds }) => html`<ul class="legend">${KINDS.filter((kind) => kinds.has(kind)).map((kind) => html`<li key=${kind}><i class=${kind}></i>${say(`legend.${kind}`)}</li>`)}</ul>`;

export const minutes = (ms) => { const s = Math.round(ms / 1000); return { minutes: Math.floor(s / 60), seconds: String(s % 60).padStart(2, '0') }; };
