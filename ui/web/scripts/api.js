/* Calls to the server, with the session's CSRF token; never throws. status 0: no connection. */
import { learnTime } from './when.js';

let csrf = '';
let onEnd = () => {};

/* The session ended elsewhere (time, log out in another tab): tells whoever asked. */
export function whenEnded(handler) { onEnd = handler; }

export async function call(method, path, body) {
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    const answer = await fetch(path, { method, headers, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body) });
    learnTime(Date.parse(answer.headers.get('Date')));
    const type = answer.headers.get('Content-Type') ?? '';
    const data = type.includes('json') ? await answer.json() : {};
    if (answer.status === 401 && !path.includes('/sessions')) onEnd();
    return { ok: answer.ok, status: answer.status, data, retry: Number(answer.headers.get('Retry-After')) || 0 };
  } catch {
    return { ok: false, status: 0, data: { error: 'offline' }, retry: 0 };
  }
}

function begin(answer) {
  if (!answer.ok) return null;
  csrf = answer.data.csrf;
  return answer.data;
}

/* The present session, or null. */
export const session = async () => begin(await call('GET', '/api/v1/sessions/current'));

/* { session } or { status, retry }. */
export async function logIn(user, password) {
  const answer = await call('POST', '/api/v1/sessions', { user, password });
  return answer.ok ? { session: begin(answer) } : answer;
}

export const logOut = () => call('DELETE', '/api/v1/sessions/current');

/* A random UUID; crypto.randomUUID() is missing from older tablets. */
export function uuid() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((n) => n.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
