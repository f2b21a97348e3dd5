// Rules of the contractor's and operator's pages that need no browser: sending a film over a bad line, the
// calendar, what a round holds, a page's faults, files that pages make. MACHIAI_WEB names the laid-out pages.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { importPages } from './modules.mjs';

const { upload, month, plan, page, save, approvals, terms } = await importPages(path.join(process.env.MACHIAI_WEB, 'assets'), ['upload', 'month', 'plan', 'page', 'save', 'approvals', 'terms']);

/* A server of uploads, and a line on which every wish in `faults` fails: 'lost' before it arrives, 'deaf'
 * after it (the answer is lost), 'busy' with 503. */
function line(size, faults = []) {
  const server = { offset: 0, begun: 0, state: 'receiving', looks: 0, got: [] };
  const fault = () => faults.shift() ?? '';
  const answer = (kind, act) => {
    if (kind === 'lost') return { ok: false, status: 0, data: {} };
    if (kind === 'busy') return { ok: false, status: 503, data: {} };
    const done = act();
    return kind === 'deaf' ? { ok: false, status: 0, data: {} } : done;
  };
  const wire = {
    begin: async () => answer(fault(), () => { server.begun += 1; server.offset = 0; return { ok: true, status: 201, data: { upload: `u${server.begun}`, offset: 0 } }; }),
    put: async (id, offset, blob) => answer(fault(), () => {
      if (offset !== server.offset) return { ok: false, status: 409, data: { error: 'offset' } };
      server.got.push(blob);
      server.offset += blob.size;
      if (server.offset === size) server.state = 'checking';
      return { ok: true, status: 200, data: { offset: server.offset } };
    }),
    look: async (id) => answer(fault(), () => {
      if (id !== `u${server.begun}`) return { ok: false, status: 404, data: { error: 'not_found' } };
      server.looks += 1;
      if (server.state === 'checking' && server.looks > 1) server.state = 'converting';
      else if (server.state === 'converting') server.state = server.end ?? 'ready';
      return { ok: true, status: 200, data: { offset: server.offset, state: server.state, reasons: server.reasons ?? [], sha256: 'ab' } };
    }),
  };
  return { server, wire };
}

async function sent({ size = 2.5 * upload.PIECE, faults, known = '', prepare = () => {} }) {
  const bytes = new Uint8Array(size).map((_, i) => (i * 7 + (i >> 8)) & 255);
  const { server, wire } = line(size, faults);
  prepare(server);
  const told = [];
  let id = known;
  const end = await upload.send({ file: new Blob([bytes]), about: { kind: 'self_made', title: 't' }, wire, tell: (one) => told.push(one), sleep: async () => {},
    kept: { get: () => id, set: (one) => { id = one; } }, signal: { aborted: false } });
  return { server, told, end, id, bytes };
}

test('every byte arrives once and in order, whatever is lost on the way', async () => {
  for (const faults of [[], ['lost', '', 'deaf', 'busy', 'deaf', '', 'lost'], ['deaf', 'deaf', '', 'deaf'], ['', '', '', 'lost', 'lost', 'lost', 'lost', 'lost', 'lost']]) {
    const { server, end, bytes, told } = await sent({ faults: [...faults] });
    const got = new Uint8Array(await new Blob(server.got).arrayBuffer());
    assert.equal(Buffer.compare(Buffer.from(got), Buffer.from(bytes)), 0, faults.join());
    assert.equal(end.state, 'ready');
    assert.equal(told.some((one) => one.lost), faults.length > 0, 'a lost line is told');
    assert.equal(told.at(-1).lost, false);
  }
});

test('an upload that was broken off goes on where it was, and an unknown one begins anew', async () => {
  const size = 2 * upload.PIECE;
  const half = await sent({ size, known: 'u1', prepare: (server) => { server.begun = 1; server.offset = upload.PIECE; } });
  assert.equal(half.server.begun, 1);
  assert.equal(half.server.got.length, 1, 'only the second half was sent');
  const gone = await sent({ size, known: 'u9' });
  assert.deepEqual([gone.server.begun, gone.end.state, gone.id], [1, 'ready', '']);
});

test('a refusal comes with its reasons, and the next try is a new upload', async () => {
  const { end, id } = await sent({ prepare: (server) => { server.end = 'refused'; server.reasons = [{ code: 'no_film', text: 'x' }]; } });
  assert.deepEqual([end.state, end.reasons[0].code, id], ['refused', 'no_film', '']);
});

test('the weeks of a month hold each of its days once, under its weekday', () => {
  for (const [year, m, days] of [[2026, 2, 28], [2028, 2, 29], [2026, 12, 31], [2027, 8, 31]]) {
    const weeks = month.weeks(year, m);
    const all = weeks.flat().filter(Boolean);
    assert.equal(all.length, days);
    weeks.forEach((week) => week.forEach((day, i) => { if (day) assert.equal(new Date(month.startOf(day) + 9 * 3600000).getUTCDay(), i); }));
    assert.equal(month.partsOf(all[0]).day, 1);
  }
  assert.deepEqual([month.moved(2026, 12, 1), month.moved(2026, 1, -1)], [[2027, 1], [2025, 12]]);
});

test('a broadcast period ends with its last day, and weekdays choose among its days', () => {
  const first = month.firstOf(2026, 12);
  const content = { ...month.periodMs({ first, last: first + 6 }), weekdays: 1 << 1 };
  assert.equal(content.show_to - content.show_from, 7 * month.DAY_MS);
  assert.deepEqual(month.periodOf(content), { first, last: first + 6 });
  const on = Array.from({ length: 14 }, (_, i) => first - 3 + i).filter((day) => month.onDay(content, day));
  assert.deepEqual(on.map((day) => month.partsOf(day).day), [7], 'the one Monday of it');
  assert.equal(month.onDay({ show_from: 0, show_to: 0, weekdays: 0 }, first + 900), true, 'without an end');
});

test('two presses choose a period, a third begins another', () => {
  let chosen = month.press({ first: 10, last: 20 }, 30);
  assert.deepEqual(chosen, { first: 30, last: 0 });
  chosen = month.press(chosen, 35);
  assert.deepEqual(chosen, { first: 30, last: 35 });
  assert.deepEqual(month.press({ first: 30, last: 0 }, 25), { first: 25, last: 0 }, 'an earlier day begins anew');
  assert.deepEqual(month.press({ first: 30, last: 0 }, 30), { first: 30, last: 30 }, 'one day');
  assert.deepEqual(month.press({ first: 30, last: 0, open: true }, 35), { first: 35, last: 0 }, 'one without an end gets a new beginning');
});

test('terms 20: the round shows the clinic’s own between the programme’s items, as the kiosk spreads them', () => {
  const programme = { from: 100, to: 200, items: ['a', 'b', 'c', 'd'].map((title) => ({ kind: 'health', title, duration_ms: 1000 })) };
  const own = [{ kind: 'notice', title: 'N', show_from: 0, show_to: 0, active: true, duration_ms: 500 }, { kind: 'self_made', title: 'S', show_from: 150, show_to: 0, active: true, duration_ms: 500 },
    { kind: 'notice', title: 'over', show_from: 0, show_to: 100, active: true, duration_ms: 1 }, { kind: 'notice', title: 'draft', show_from: 0, show_to: 0, active: false, duration_ms: 1 }];
  const whole = plan.whole(programme, own);
  assert.equal(whole.map((one) => one.title).join(''), 'abNcdS');
  assert.deepEqual(whole.map((one) => one.index), [0, 1, -1, 2, 3, -1], 'a swap names the place in the programme');
  assert.deepEqual(plan.round(whole, false).map((one) => one.kind), ['substitute', 'substitute', 'clinic', 'substitute', 'substitute', 'clinic']);
  assert.equal(plan.total(whole), 5000);
});

test('what is too long is told by the same count as on the kiosk', () => {
  const template = { key: 't', fields: [{ name: 'title', type: 'line', max: 4, required: true }, { name: 'body', type: 'text', max: 6, lines: 2 }], photos: [{ name: 'p', required: true }] };
  const of = (fields, photos = { p: 'x' }) => page.faults(template, { fields, photos });
  assert.deepEqual(of({ title: '年末年始' }), {});
  assert.deepEqual(of({ title: '年末12' }), {}, 'half-width letters count half');
  assert.deepEqual(of({ title: '年末年始休' }).title, ['page.long', { n: 1, max: 4 }]);
  assert.equal(of({ title: ' ' }).title[0], 'page.missing');
  assert.equal(of({ title: '休診', body: 'あ\nい\nう' }).body[0], 'page.lines');
  assert.equal(of({ title: '休診' }, {}).p[0], 'page.photo.missing');
  assert.deepEqual(page.moveTo({ key: 'u', fields: [{ name: 'title' }], photos: [] }, { template: 't', fields: { title: 'a', body: 'b' }, photos: { p: 'x' } }), { template: 'u', fields: { title: 'a' }, photos: {} });
});

test('no cell of a list is a formula, and every cell comes back', () => {
  assert.equal(save.csv([['=1+1', 'a,"b"', '-5', '@x']]), '\'=1+1,"a,""b""",-5,\'@x\r\n');
});

test('approval over all sites: late ones first, then the nearest deadline, then the settled', () => {
  const now = Date.now();
  const hour = 3600000;
  const midnight = Math.floor((now + 9 * hour) / month.DAY_MS + 1) * month.DAY_MS - 9 * hour;
  const row = (clinic_name, deadline, more = {}) => ({ clinic_name, deadline, distributed: 1, approved: 0, ...more });
  const rows = [row('settled', now - hour, { approved: now - 2 * hour }), row('coming', now + 3 * month.DAY_MS), row('draft', 0, { distributed: 0 }), row('today', midnight - 1), row('late', now - hour), row('sooner', now + 2 * month.DAY_MS)];
  assert.deepEqual(rows.sort(approvals.order).map((one) => one.clinic_name), ['late', 'today', 'sooner', 'coming', 'settled', 'draft']);
});

test('terms 14.2 and 16.1: days are counted as the cloud counts them', () => {
  const day = (words) => Date.parse(`${words}T00:00:00+09:00`);
  assert.equal(terms.firstDiscontinuation(day('2026-11-23') + 86399999), day('2027-01-23'));
  assert.equal(terms.firstDiscontinuation(day('2026-12-31')), day('2027-03-01'), 'no 31st of February');
  assert.equal(terms.firstDiscontinuation(day('2027-12-30')), day('2028-03-01'), 'nor a 30th');
  assert.equal(terms.endAfterNotice(day('2026-11-23'), 0), day('2027-01-01'));
  assert.equal(terms.endAfterNotice(day('2026-12-31'), day('2027-01-15')), day('2027-02-01'), 'a month named too early');
  assert.equal(terms.endAfterNotice(day('2026-11-23'), day('2027-04-01')), day('2027-05-01'));
  assert.equal(terms.momentOf('2026-12-01T09:30'), Date.parse('2026-12-01T00:30:00Z'));
  assert.ok(Number.isNaN(terms.momentOf('')));
});
