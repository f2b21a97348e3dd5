/* A state is a word beside its shape; one shape a state, and only "called" is filled. */
import { html } from './preact.js';
import { say } from './words.js';

const stroke = { fill: 'none', stroke: 'currentColor', 'stroke-width': 2.6 };

const shapes = {
  waiting: html`<circle cx="12" cy="12" r="8" ...${stroke} />`,
  reserved: html`<circle cx="12" cy="12" r="8" ...${stroke} stroke-dasharray="3.2 3.08" />`,
  called: html`<circle cx="12" cy="12" r="8.5" ...${stroke} /><circle cx="12" cy="12" r="4.2" fill="currentColor" />`,
  in_room: html`<rect x="4" y="4" width="16" height="16" class="mark" />`,
  in_exam: html`<circle cx="12" cy="12" r="8" ...${stroke} /><path d="M12 4a8 8 0 0 0 0 16Z" fill="currentColor" />`,
  to_pay: html`<rect x="4" y="4" width="16" height="16" rx="1.5" ...${stroke} stroke-width="2.2" /><path d="M9 7.5l3 4 3-4M12 11.5v5.5M9.3 13h5.4M9.3 15.3h5.4" ...${stroke} stroke-width="1.5" />`,
  absent: html`<path d="M4 6h16l-8 13Z" ...${stroke} stroke-linejoin="round" />`,
  held: html`<path d="M8.5 5v14M15.5 5v14" ...${stroke} stroke-width="3.6" />`,
  done: html`<path d="M4 13l5 5L20 7" ...${stroke} class="tick" />`,
  cancelled: html`<path d="M6 6l12 12M18 6L6 18" ...${stroke} />`,
  offered: html`<g fill="currentColor"><circle cx="5" cy="12" r="2.3" /><circle cx="12" cy="12" r="2.3" /><circle cx="19" cy="12" r="2.3" /></g>`,
};

export function Chip({ state }) {
  const called = state === 'called';
  return html`<span class=${called ? 'chip plate-call right' : `chip ${state}`}>
    <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[state]}</svg>
    <span>${say(`state.${state}`)}</span></span>`;
}
