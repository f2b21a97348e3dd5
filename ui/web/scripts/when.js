/* Times as the clinic's wall shows them. Japan has one offset and no summer time, so a patient abroad
 * and a server elsewhere read the same clock. */
import { text } from './words.js';

const OFFSET_MS = 9 * 3600 * 1000;

export function wall(ms) {
  const d = new Date(ms + OFFSET_MS);
  return {
    year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(), weekday: d.getUTCDay(),
    hour: d.getUTCHours(), minute: d.getUTCMinutes(),
  };
}

/* The page's own clock may be wrong: the server's time is the one that counts. */
let skew = 0;
export const now = () => Date.now() + skew;
export function learnTime(ms) {
  if (Number.isFinite(ms)) skew = ms - Date.now();
}

export const pad = (n) => String(n).padStart(2, '0');

/* 10:42, for staff. */
export function digits(ms) {
  const w = wall(ms);
  return `${w.hour}:${pad(w.minute)}`;
}

/* 10時42分, for patients; how: text or say. */
export function clock(ms, how = text) {
  const w = wall(ms);
  return how('clock', { hour: w.hour, minute: w.minute, mm: pad(w.minute) });
}

export function date(ms, how = text) {
  const w = wall(ms);
  const months = text('months').split(',');
  return how('date', {
    month: w.month, day: w.day, monthname: months[w.month - 1],
    weekday: text('weekdays').split(',')[w.weekday],
  });
}

/* The date of a session, "2026-11-24". */
export const dayOf = (session) => Date.parse(`${session.date}T00:00:00+09:00`);

export const minutesSince = (ms) => Math.max(0, Math.floor((now() - ms) / 60000));
