/* Days that the terms of service count, by the clock in Japan; the same as the cloud's (cloud/contract_tell.c).
 * Pure. */
import { wall } from './when.js';

const NOTICE_MONTHS = 2; /* terms 14.2 */

/* A day that its month does not have is the first of the next. */
function startOfDay(year, month, day) {
  const first = new Date(Date.UTC(year, month - 1, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + (day > last ? 1 : 0), day > last ? 1 : day) - 9 * 3600000;
}

/* The first day on which a service may be discontinued that is announced at `now` (terms 14.2). */
export function firstDiscontinuation(now) {
  const w = wall(now);
  return startOfDay(w.year, w.month + NOTICE_MONTHS, w.day);
}

/* When a written notice takes effect (terms 16.1): after the month that follows its arrival, or after the
 * month of `wanted` (0: none named), whichever is later. */
export function endAfterNotice(arrived, wanted) {
  const a = wall(arrived);
  const earliest = startOfDay(a.year, a.month + 2, 1);
  if (!wanted) return earliest;
  const w = wall(wanted);
  return Math.max(earliest, startOfDay(w.year, w.month + 1, 1));
}

export const isoOf = (ms) => { const w = wall(ms); return `${w.year}-${String(w.month).padStart(2, '0')}-${String(w.day).padStart(2, '0')}`; };
/* Of "2026-12-01", "2026-12-01T09:30" or "2026-12"; NaN where it is none. */
export function momentOf(words) {
  const [day, time = '00:00'] = words.split('T');
  return Date.parse(`${day.length === 7 ? `${day}-01` : day}T${time}:00+09:00`);
}
