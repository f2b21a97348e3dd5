/* A field: label above, hint, error between hint and field, 2 px border, 3 px red when wrong. */
import { html } from './preact.js';
import { Icon } from './icons.js';

/* mark: a word beside the label (required). count: what has been typed of how much, at the right. rows:
 * several lines. children: the choices of a select. */
export function Field({ id, label, mark, count, hint, error, value, onInput, input, wrong, beside, rows, children, ...rest }) {
  const described = [hint && `${id}-hint`, count && `${id}-count`, error && `${id}-error`].filter(Boolean).join(' ') || null;
  const tag = rows ? 'textarea' : children ? 'select' : 'input';
  return html`<div class="field">
    <p class="above"><label for=${id}>${label}</label>${mark && html`<span class="mark">${mark}</span>`}${count && html`<span class="note" id=${`${id}-count`}>${count}</span>`}</p>
    ${hint && html`<p class="note" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="wrong" id=${`${id}-error`}><${Icon} name="warning" size="20" />${error}</p>`}
    <div class="inputs"><${tag} id=${id} name=${id} ref=${input} value=${value} rows=${rows} aria-describedby=${described}
      aria-invalid=${error || wrong ? 'true' : null} onInput=${(e) => onInput(e.target.value)} ...${rest}>${children}<//>${beside}</div>
  </div>`;
}
