/* The form part that sends a film: picking the file, progress, going on after a cut line, reasons of
 * refusal. Contractor and operator use the same. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon, addShapes } from './icons.js';
import { call, sendBytes } from './api.js';
import { keep, kept } from './kept.js';
import { fingerprint, send } from './upload.js';

addShapes({ film: 'M4 5h16v14H4ZM4 9h16M4 15h16M8 5v4M8 15v4M16 5v4M16 15v4' });

const MB = 1 << 20;
const size = (bytes) => text(bytes < MB ? 'size.kb' : 'size.mb', { n: bytes < MB ? Math.max(1, Math.round(bytes / 1024)) : (bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0) });
const url = (id) => `/api/v1/uploads/${encodeURIComponent(id)}`;

const wire = {
  begin: (about) => call('POST', '/api/v1/uploads', about),
  put: (id, offset, piece) => sendBytes('PATCH', url(id), piece, { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) }),
  look: (id) => call('GET', url(id)),
};
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

/* { state, start(file, about), stop() }: state null, or what upload.js tells. Leaving the page stops it;
 * it goes on where it was when the same file is picked again. */
export function useSending(onReady) {
  const [state, set] = useState(null);
  const control = useRef(null);
  useEffect(() => () => control.current?.abort(), []);
  const start = async (file, about) => {
    const name = `upload.${fingerprint(file, about)}`;
    control.current = new AbortController();
    set({ state: 'receiving', share: 0, reasons: [] });
    const end = await send({ file, about: { name: file.name, size: file.size, ...about }, wire, tell: set, sleep, signal: control.current.signal,
      kept: { get: () => kept(name, ''), set: (id) => keep(name, id) } });
    if (end.state === 'ready') onReady?.(end);
  };
  const stop = () => { control.current?.abort(); set(null); };
  return { state, start, stop };
}

/* Reasons in Japanese where the code is known; else in the server's own words. */
export function reason({ code, text: own }) {
  const words = text(`refused.${code}`);
  return words === `refused.${code}` ? own ?? text('refused.unknown') : words;
}

export function Progress({ of, onStop }) {
  const { state, share, reasons, lost } = of;
  const percent = Math.floor(share * 100);
  if (state === 'refused') {
    return html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${say('refused')}</strong><ul>${reasons.map((one) => html`<li key=${one.code}>${reason(one)}</li>`)}</ul><p>${say('refused.help')}</p></div></div>`;
  }
  if (state === 'ready') return html`<div class="banner info" role="status"><${Icon} name="check" /><div><strong>${say('sending.ready')}</strong></div></div>`;
  return html`<div class="sending"><p role="status"><b>${say(`sending.${lost ? 'lost' : state}`)}</b></p>${lost && html`<p>${say('sending.lost.help')}</p>`}
    ${state !== 'checking' && html`<div class="row"><progress max="100" value=${percent} aria-label=${text(`sending.${state}`)}></progress><span class="number">${percent}%</span></div>`}
    <p class="note">${say(state === 'receiving' ? 'sending.help' : 'sending.check.help')}</p>
    ${state === 'receiving' && html`<button type="button" class="button" onClick=${onStop}>${say('sending.stop')}</button>`}</div>`;
}

export function Pick({ file, onFile, error }) {
  return html`<div class="field"><p class="above"><span class="label" id="file-label">${say('file')}</span><span class="mark">${say('required')}</span></p><p class="note" id="file-hint">${say('file.hint')}</p>
    ${error && html`<p class="wrong" id="file-error"><${Icon} name="warning" size="20" />${error}</p>`}
    <div class="inputs photo"><label class="button second"><${Icon} name="film" size="20" />${say(file ? 'file.other' : 'file.choose')}
      <input class="hear" id="file" type="file" accept="video/*,.mp4,.mov,.m4v" aria-labelledby="file-label" aria-describedby=${`file-hint${error ? ' file-error' : ''}`} aria-invalid=${error ? 'true' : null}
        onChange=${(e) => { if (e.target.files[0]) onFile(e.target.files[0]); e.target.value = ''; }} /></label>
      ${file && html`<span>${file.name}<br /><span class="note">${size(file.size)}</span></span>`}</div></div>`;
}
