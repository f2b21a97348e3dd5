/* Calls to the server, with the session's CSRF token; never throws. status 0: no connection. */
import { learnTime } from './when.js';

/* What asks for a password or code itself: 401 says that this was wrong. */
const NO_SESSION = /^\/api\/v1\/(sessions|passwords|losses)\b/;

let csrf = '';
let onEnd = () => {};

/* The session ended elsewhere (time, log out in another tab): tells whoever asked. */
export function whenEnded(handler) { onEnd = handler; }

async function ask(method, path, headers, body, read) {
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  try {
    const answer = await fetch(path, { method, headers, cache: 'no-store', body });
    learnTime(Date.parse(answer.headers.get('Date')));
    if (answer.status === 401 && !NO_SESSION.test(path)) onEnd();
    return { ok: answer.ok, status: answer.status, retry: Number(answer.headers.get('Retry-After')) || 0, ...await read(answer) };
  } catch {
    return { ok: false, status: 0, data: { error: 'offline' }, retry: 0 };
  }
}

const json = async (answer) => ({ data: (answer.headers.get('Content-Type') ?? '').includes('json') ? await answer.json() : {} });

export async function call(method, path, body) {
  const headers = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  return ask(method, path, headers, body === undefined ? undefined : JSON.stringify(body), json);
}

/* Sends bytes as they are; headers: what the route asks for beside the token. */
export const sendBytes = (method, path, bytes, headers) => ask(method, path, { Accept: 'application/json', ...headers }, bytes, json);

/* Asks for a picture, so many pixels wide: { ok, bitmap } or { ok: false, status, data }. A bitmap needs no
 * address, so the content policy stays as narrow as it is. */
export const picture = (path, body, width) => ask('POST', path, { Accept: 'image/png, application/json', 'Content-Type': 'application/json' }, JSON.stringify(body),
  async (answer) => (answer.ok ? { bitmap: await createImageBitmap(await answer.blob(), { resizeWidth: width, resizeQuality: 'high' }) } : json(answer)));

function begin(answer) {
  if (!answer.ok) return null;
  csrf = answer.data.csrf;
  return answer.data;
}

/* The present session, or null. */
export const session = async () => begin(await call('GET', '/api/v1/sessions/current'));

/* { session } or { status, data, retry }; code: of the second factor, where it is on. */
export async function logIn(user, password, code) {
  const answer = await call('POST', '/api/v1/sessions', { user, password, ...(code && { code }) });
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
