/* A model programme as its contractor sees it. Pure: no page, no network. */
import { wall } from './when.js';

export const PROVIDED = ['health', 'advertisement'];
export const provided = (item) => PROVIDED.includes(item.kind);

const DAY_MS = 86400000;
const SOON_DAYS = 3;

/* draft, open (may be approved), approved, missed; and where the period stands. */
export function standing(programme, now) {
  const { from, to, distributed, deadline, approved } = programme;
  const phase = approved ? 'approved' : !distributed ? 'draft' : now < deadline ? 'open' : 'missed';
  return { phase, running: from <= now && now < to, over: now >= to };
}

const dayNumber = (ms) => Math.floor((ms + 9 * 3600000) / DAY_MS);
export const daysLeft = (programme, now) => dayNumber(programme.deadline) - dayNumber(now);
export const urgent = (programme, now) => daysLeft(programme, now) <= SOON_DAYS;

/* "12月前半" where the period is a half month, else its first day. */
export function half(programme) {
  const from = wall(programme.from);
  const last = wall(programme.to - 1);
  if (from.month !== last.month) return { form: 'other', ...from };
  const next = wall(programme.to);
  if (from.day === 1 && last.day <= 16) return { form: 'first', ...from };
  if (from.day >= 15 && from.day <= 17 && next.day === 1) return { form: 'second', ...from };
  return { form: 'other', ...from };
}

/* The one that needs its contractor first (by deadline), then the running one, the next, the last. */
export function firstToSee(programmes, now) {
  const rank = (programme) => {
    const { phase, running, over } = standing(programme, now);
    if (over) return 4;
    if (running) return 1;
    return phase === 'draft' ? 3 : 2;
  };
  return toApprove(programmes, now)[0] ?? [...programmes].sort((a, b) => rank(a) - rank(b) || a.from - b.from)[0] ?? null;
}

export const toApprove = (programmes, now) => programmes.filter((one) => standing(one, now).phase === 'open')
  .sort((a, b) => a.deadline - b.deadline);

/* The clinic's own contents that are on the air at some time of a period. */
export const within = (programme, contents) => contents.filter((one) => one.active !== false &&
  (!one.show_from || one.show_from < programme.to) && (!one.show_to || one.show_to > programme.from));

/* The round as it plays: the programme's items, and content k of m behind (k + 1) n / m of them, as the
 * kiosk spreads them (firmware/core/programme_resolve.c). item.index: its place in the programme; -1: the
 * clinic's own, which no approval holds back. */
export function whole(programme, contents) {
  const items = programme.items.map((item, index) => ({ index, ...item }));
  const own = within(programme, contents).map((item) => ({ ...item, index: -1 }));
  const all = [];
  let k = 0;
  for (let i = 0; i <= items.length; i++) {
    while (k < own.length && Math.floor(((k + 1) * items.length) / own.length) <= i) all.push(own[k++]);
    if (i < items.length) all.push(items[i]);
  }
  return all;
}

/* What plays in one round: kinds with their lengths; without approval provided films give way. */
export const round = (items, approved) => items.map((item) => ({
  kind: provided(item) ? (approved ? item.kind : 'substitute') : 'clinic', ms: item.duration_ms,
}));

/* What has been seen is remembered of the film, not of its place: a swap brings something unseen. */
export const mark = (item) => item.sha256 || item.id || JSON.stringify(item.page ?? item.title);

export const length = (ms) => `${Math.floor(ms / 60000)}:${String(Math.round(ms / 1000) % 60).padStart(2, '0')}`;
export const total = (items) => items.reduce((sum, item) => sum + item.duration_ms, 0);
