/* A dialog: the title asks with its object, the focus starts on the harmless button, buttons name both
 * acts, Esc closes, the focus returns to where it was. */
import { html, useLayoutEffect, useRef } from './preact.js';

export function Dialog({ title, onClose, children, safe, act, destroy, onAct, busy, wide }) {
  const box = useRef(null);
  const harmless = useRef(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    const back = document.activeElement;
    dialog.showModal();
    harmless.current.focus();
    return () => {
      dialog.close(); /* until then nothing behind it can take the focus */
      if (back?.isConnected) back.focus();
    };
  }, []);
  return html`<dialog ref=${box} class=${wide ? 'wide' : ''} aria-labelledby="dialog-title" onCancel=${(e) => { e.preventDefault(); onClose(); }}>
    <h2 id="dialog-title">${title}</h2>${children}
    <div class="acts"><button type="button" class="button" ref=${harmless} onClick=${onClose}>${safe}</button>
    ${act && html`<button type="button" class=${`button ${destroy ? 'destroy' : 'first'}`} aria-disabled=${busy ? 'true' : null}
      onClick=${() => { if (!busy) onAct(); }}>${act}</button>`}</div></dialog>`;
}
