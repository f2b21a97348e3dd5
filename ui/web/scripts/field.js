/* A field: label above, hint, error between hint and field, 2 px border, 3 px red when wrong. */
import { html } from './preact.js';
import { Icon } from './icons.js';

export function Field({ id, label, hint, error, value, onInput, input, wrong, beside, ...rest }) {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || null;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${hint && html`<p class="note" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="wrong" id=${`${id}-error`}><${Icon} name="warning" size="20" />${error}</p>`}
    <div class="inputs"><input id=${id} name=${id} ref=${input} value=${value} aria-describedby=${described}
      aria-invalid=${error || wrong ? 'true' : null} onInput=${(e) => onInput(e.target.value)} ...${rest} />${beside}</div>
  </div>`;
}
