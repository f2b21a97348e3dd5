/* Days of a month and what is broadcast on them. Pure: no page, no network. Days are counted as numbers
 * since 1970-01-01 at the clinic's wall; a broadcast period ends where its last day ends. */
import { wall } from './when.js';

export const DAY_MS = 86400000;
const OFFSET_MS = 9 * 3600000;
export const EVERY_DAY = 0;

export const dayOf = (ms) => Math.floor((ms + OFFSET_MS) / DAY_MS);
export const startOf = (day) => day * DAY_MS - OFFSET_MS;
export const weekday = (day) => (day + 4) % 7; /* 1970-01-01 was a Thursday */
export const partsOf = (day) => wall(startOf(day));

export const firstOf = (year, month) => Math.floor(Date.UTC(year, month - 1, 1) / DAY_MS);

/* Weeks from Sunday; 0 where a week has a day of another month. */
export function weeks(year, month) {
  const first = firstOf(year, month);
  const next = firstOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1);
  const all = [];
  for (let day = first - weekday(first); day < next; day += 7) {
    all.push(Array.from({ length: 7 }, (_, i) => (day + i >= first && day + i < next ? day + i : 0)));
  }
  return all;
}

export const moved = (year, month, by) => {
  const n = year * 12 + month - 1 + by;
  return [Math.floor(n / 12), (n % 12) + 1];
};

/* { first, last } of a content in days; 0: without an end on that side. */
export const periodOf = (content) => ({
  first: content.show_from ? dayOf(content.show_from) : 0,
  last: content.show_to ? dayOf(content.show_to - 1) : 0,
});
export const periodMs = ({ first, last }) => ({ show_from: first ? startOf(first) : 0, show_to: last ? startOf(last + 1) : 0 });

export function onDay(content, day) {
  const { first, last } = periodOf(content);
  const days = content.weekdays || 127;
  return (!first || day >= first) && (!last || day <= last) && ((days >> weekday(day)) & 1) === 1;
}

/* Choosing with two presses: the first begins a period, the second ends it; a day before the first, or
 * any day of a period without an end (open), begins anew. */
export function press(chosen, day) {
  if (!chosen.first || chosen.last || chosen.open || day < chosen.first) return { first: day, last: 0 };
  return { first: chosen.first, last: day };
}

export const pad = (n) => String(n).padStart(2, '0');
export const clockOf = (minutes) => `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
export function minutesOf(clock) {
  const found = /^(\d{1,2}):(\d{2})$/.exec(clock);
  return found ? Number(found[1]) * 60 + Number(found[2]) : -1;
}
