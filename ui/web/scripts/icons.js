/* Shapes. Each stands beside a word, so readers do not hear them. */
import { html } from './preact.js';

const line = (path) => html`<path d=${path} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`;

const shapes = {
  globe: line('M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18'),
  bell: line('M6 16v-5a6 6 0 0 1 12 0v5l2 2H4ZM10 21h4'),
  door: line('M7 20V4h10v16M3 20h18M14 12v1'),
  yen: line('M4 4h16v16H4ZM9 8l3 4 3-4M12 12v5M9.5 13h5M9.5 15.3h5'),
  info: line('M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v5M12 8v.1'),
  warning: line('M8.5 3h7L21 8.5v7L15.5 21h-7L3 15.5v-7ZM12 8v5M12 16v.1'),
  lost: line('M4 4l16 16M2 9c2-1.7 4-2.8 6-3.4M12 5c4 0 7.5 1.7 10 4M5.5 12.5c1.5-1.2 3-2 5-2.3M15 10.9c1.4.4 2.6 1 3.5 1.8M9 16c2-1.5 4-1.5 6 0M12 19v.1'),
  clock: line('M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v5l3 2'),
  check: line('M4 12.5l5.5 5.5L20 7'),
  phone: line('M6 3l3 1 1 4-2 2c1 3 3 5 6 6l2-2 4 1 1 3c0 2-2 3-4 3C10 20 4 14 3 7c0-2 1-4 3-4Z'),
};

export function Icon({ name, size = 24 }) {
  return html`<svg width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
}

/* A page may bring more shapes of its own. */
export function addShapes(more) {
  for (const name of Object.keys(more)) shapes[name] = typeof more[name] === 'string' ? line(more[name]) : more[name];
}
