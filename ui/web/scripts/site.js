/* The staff's connection to their site: the live view, and acts. */
import { useEffect, useRef, useState } from './preact.js';
import { call, uuid } from './api.js';
import { learnTime } from './when.js';
import { follow } from './stream.js';

const LOST_MS = 60000;
const TWICE_MS = 1000; /* a second press within this is the same press */
const REST_MS = 600;   /* rows stay where they are while a finger or pointer moves over them */
const REST_MAX_MS = 3000;

/* { view, time: { heard, at }, lost, again } */
export function useSite(site, onEnd) {
  const [view, set] = useState(null);
  const [, tick] = useState(0);
  const live = useRef(null);
  const time = useRef({ heard: Date.now(), got: 0, at: 0 });
  useEffect(() => {
    const url = `/api/v1/sites/${encodeURIComponent(site)}`;
    live.current = follow(`${url}/events`, {
      snapshot: `${url}/queue`, event: 'queue',
      data(next) {
        learnTime(next.at);
        time.current = { heard: Date.now(), got: Date.now(), at: next.at };
        set(next);
      },
      heard(ms) { time.current.heard = ms; },
      gone: onEnd,
    });
    const timer = setInterval(() => tick((n) => n + 1), 5000);
    return () => { clearInterval(timer); live.current.stop(); };
  }, [site]);
  const { heard, got, at } = time.current;
  return { view, lost: Date.now() - heard > LOST_MS, at: at + (heard - got), again: () => live.current.again() };
}

/* What `value` was when the pointer last rested; the newest at once when it rests, or after 3 s. */
export function useRest(value) {
  const [shown, show] = useState(value);
  const moved = useRef(0);
  const since = useRef(0);
  useEffect(() => {
    let timer = 0;
    const settle = () => {
      const quiet = Date.now() - moved.current;
      if (quiet >= REST_MS || Date.now() - since.current >= REST_MAX_MS) {
        since.current = 0;
        show(value);
      } else {
        timer = setTimeout(settle, REST_MS - quiet);
      }
    };
    since.current = since.current || Date.now();
    settle();
    return () => clearTimeout(timer);
  }, [value]);
  return [shown, () => { moved.current = Date.now(); }];
}

/* Each press gets one id; a press that follows within a second, or while the first is on its way, is
 * the same press. What was sent without an answer keeps its id, so pressing again cannot do it twice. */
export function usePress() {
  const [busy, setBusy] = useState('');
  const pressed = useRef({});
  const press = async (name, send) => {
    const last = pressed.current[name];
    if (last && (last.open || Date.now() - last.at < TWICE_MS)) return null;
    const mine = { at: Date.now(), open: true, id: last?.unsure ? last.id : uuid() };
    pressed.current[name] = mine;
    setBusy(name);
    const answer = await send(mine.id);
    mine.open = false;
    mine.unsure = answer.status === 0;
    if (mine.unsure) mine.at = 0;
    setBusy((now) => (now === name ? '' : now));
    return { answer, id: mine.id };
  };
  return [busy, press];
}

export const postEvent = (site, event) => call('POST', `/api/v1/sites/${encodeURIComponent(site)}/events`, { events: [event] });
export const postTicket = (queueId, body) => call('POST', `/api/v1/queues/${encodeURIComponent(queueId)}/tickets`, body);
