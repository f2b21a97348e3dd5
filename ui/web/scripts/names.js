/* What a programme is called: by its title, else by the half month that it covers or its first day. */
import { text } from './words.js';
import { date } from './when.js';
import { half } from './plan.js';

export const name = (programme) => { const h = half(programme); return programme.title || text(`period.${h.form}`, { month: h.month, from: date(programme.from) }); };
const UNFIT = ['disk_full', 'film_broken', 'codec_missing', 'expired', 'signature', 'stranger', 'other_site', 'older', 'newer_format', 'not_understood'];

/* Why a device does not play by the newest programme and what to do, '' = it does; a newer device may tell a reason that is not known here. */
export function unfit({ fault }) {
  if (!fault || fault === 'none') return '';
  return text(`unfit.${UNFIT.includes(fault) ? fault : 'other'}`, { code: fault });
}

export const shortName = (programme) => { const h = half(programme); return programme.title || text(`period.short.${h.form}`, { month: h.month, day: h.day }); };
export const period = (programme) => text('period', { from: date(programme.from), to: date(programme.to - 1) });
