/* What staff must know and cannot see in the list, each until somebody says that it is seen. */
import { html, useState } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { call } from './api.js';
import { Acts, useActs } from './record.js';
import { date, digits } from './when.js';

const SHOWN = 3; // more would push the queue off the screen
const GAVE = ['ticket_issued', 'ticket_taken'];

/* Where the line has somebody whom a kiosk has served. */
const LEFT_OUT = { cancelled: 'cancelled', absent: 'away', held: 'away', reserved: 'reserved', done: 'done' };

const nameOf = (view, id) => view.devices?.find((one) => one.device === id)?.name || text('notice.device');

/* A set-back device without a new letter: its card is copied, and people must act. */
function helpOf({ kind, detail }) {
  if (kind === 'diverged' && !detail.letter) return 'notice.diverged.copied';
  if (kind === 'left_out') return `notice.left_out.${LEFT_OUT[detail.state] ?? 'help'}`;
  return `notice.${kind}.help`;
}

/* The numbers that a revoked kiosk gave: they are on slips and not in the list. */
function Aside({ site, device }) {
  const [rows, setRows] = useState(null);
  const load = async (e) => {
    if (!e.currentTarget.open || rows) return;
    const { ok, data } = await call('GET', `/api/v1/sites/${site}/quarantine`);
    setRows(ok ? data.items.filter((one) => one.device === device && GAVE.includes(one.event?.kind)) : []);
  };
  return html`<details onToggle=${load}><summary>${say('notice.aside')}</summary>
    ${rows && (rows.length ? html`<ul>${rows.map(({ id, received, event }) => html`<li key=${id}><b class="number">${event.number}</b> ${digits(received)}</li>`)}</ul>`
    : html`<p>${say('notice.aside.none')}</p>`)}</details>`;
}

/* What was done at the kiosk while its line was down, act by act. */
function OfflineActs({ view, site, device }) {
  const [open, setOpen] = useState(false);
  const acts = useActs(site, open)?.filter((act) => act.late && act.device === device);
  return html`<details onToggle=${(e) => setOpen(e.currentTarget.open)}><summary>${say('notice.acts')}</summary>
    ${acts && html`<${Acts} view=${view} acts=${acts} />`}</details>`;
}

function Notice({ view, site, notice }) {
  const [gone, setGone] = useState(false);
  const { kind, detail, count, last } = notice;
  const values = { ...detail, device: nameOf(view, detail.device || notice.device), n: count };
  if (detail.state) values.state = text(`state.${detail.state}`);
  if (detail.from) values.from = kind === 'interruption' ? `${date(detail.from)} ${digits(detail.from)}` : date(detail.from);
  if (detail.to) values.to = `${date(detail.to)} ${digits(detail.to)}`;
  if (detail.service) values.service = text(`notice.service.${detail.service}`);
  const seen = async () => {
    setGone(true);
    if (!(await call('DELETE', `/api/v1/sites/${site}/notices/${notice.id}`)).ok) setGone(false);
  };
  return html`<li class="banner info"><${Icon} name="warning" /><div><strong>${say(`notice.${kind}`, values)} <span class="note">${digits(last)}</span></strong>
      <p>${say(helpOf(notice), values)}</p>${kind === 'offline_acts' && html`<${OfflineActs} view=${view} site=${site} device=${notice.device} />`}${kind === 'quarantine' && html`<${Aside} site=${site} device=${notice.device} />`}</div>
    <button type="button" class="button" aria-disabled=${gone ? 'true' : null} onClick=${seen}>${say('notice.seen')}</button></li>`;
}

export function Notices({ view, site }) {
  const all = view.notices ?? [];
  if (!all.length) return null;
  return html`<section class="notices" aria-label=${text('notice.title')}><ul>
      ${all.slice(0, SHOWN).map((notice) => html`<${Notice} key=${notice.id} view=${view} site=${site} notice=${notice} />`)}</ul>
    ${all.length > SHOWN && html`<p>${say('notice.more', { n: all.length - SHOWN })}</p>`}</section>`;
}
