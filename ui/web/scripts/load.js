/* What is read from the server: still bars while it comes, the last list with its age when it does not. */
import { html, useEffect, useRef, useState } from './preact.js';
import { say } from './words.js';
import { Icon } from './icons.js';
import { call } from './api.js';

/* { data, failed, again }: read again every `every` ms (0: never) and when the page is looked at. path
 * "" reads nothing. An answer to an older question is dropped. */
export function useLoaded(path, every = 0) {
  const [state, set] = useState({ path, data: null, failed: false });
  const asked = useRef(0);
  const load = async () => {
    if (!path) return;
    asked.current += 1;
    const mine = asked.current;
    const answer = await call('GET', path);
    if (mine !== asked.current) return;
    set((old) => (answer.ok ? { path, data: answer.data, failed: false } : { path, data: old.path === path ? old.data : null, failed: true }));
  };
  useEffect(() => {
    load();
    const timer = every ? setInterval(load, every) : 0;
    const seen = () => { if (every && !document.hidden) load(); };
    document.addEventListener('visibilitychange', seen);
    return () => { asked.current += 1; clearInterval(timer); document.removeEventListener('visibilitychange', seen); };
  }, [path]);
  return state.path === path ? { ...state, again: load } : { path, data: null, failed: false, again: load };
}

/* Stands where data will be. */
export function Waiting({ failed, again }) {
  return failed ? html`<div class="banner error" role="alert"><${Icon} name="warning" /><div><strong>${say('loading.failed')}</strong><p>${say('loading.failed.help')}</p>
      <button type="button" class="button" onClick=${again}>${say('loading.again')}</button></div></div>`
    : html`<div><p class="hear" role="status">${say('loading')}</p><div class="bars"><i></i><i></i><i></i></div></div>`;
}

/* An error told where it happened: words `key` and `key.help`. */
export function Problem({ of, values = {}, box }) {
  return of ? html`<div class="banner error" role="alert" tabindex="-1" ref=${box}><${Icon} name="warning" /><div><strong>${say(of, values)}</strong><p>${say(`${of}.help`, values)}</p></div></div>` : null;
}
