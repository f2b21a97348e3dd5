// Everything that anybody sees of a clinic, read from outside and compared with the day's model.
import { strict as assert } from 'node:assert';
import { logOf } from '../soak/evidence.mjs';
import { Ledger } from '../soak/ledger.mjs';
import { SlipReader } from '../soak/slip_reader.mjs';
import { until } from './fixture.mjs';
import { CONSULTATION, PAYMENT } from './day_model.mjs';

const AGREE_SECONDS = 20; // views that change with time alone are renewed every 5 s

/* The console, as it stands in the browser. */
function readConsole() {
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const words = (node) => node?.textContent.trim() ?? null;
  const list = {};
  for (const group of all(document, '.group')) {
    list[group.getAttribute('aria-labelledby').split('-')[1]] = all(group, '.row')
      .map((row) => [words(row.querySelector('.line > .number')), words(row.querySelector('.chip'))]);
  }
  const desks = all(document, '.desk').map((desk) => ({
    name: words(desk.querySelector('h2')),
    called: all(desk, '.figure .plate-call .number, .brief > .number').map(words),
    next: words(desk.querySelector('.next .who .number')),
  })).sort((a, b) => (a.name < b.name ? 1 : -1));
  // whoever has never seen it can call at once: the large button lies open before them
  const next = document.querySelector('.desk.own .next').getBoundingClientRect();
  const within = next.top >= 0 && next.bottom <= innerHeight && document.scrollingElement.scrollTop === 0;
  return { list, desks, title: document.title.split(' - ')[0], within };
}

/* The clinic's page. */
function readPublic() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const words = (root, selector) => root.querySelector(selector)?.textContent.trim() ?? '';
  // before the doors open there is no card: the page says that they are closed
  const closed = /まだ始まっていません|休診/.test(document.querySelector('main h1, main h2')?.textContent ?? '');
  const waiting = document.querySelector('.waiting h2')?.textContent ?? (closed ? 'いません' : 'nothing');
  return {
    calling: all('.calling').map((one) => [...[...one.querySelectorAll('.number')].map((number) => number.textContent.trim()), words(one, '.plate-door p')].join(' ')),
    passed: all('.plate-number').filter((one) => one.querySelector('.number')).map((one) => `${words(one, '.number')} ${words(one, '.sub')}`),
    waiting: waiting.includes('いません') ? 0 : Number(/\d+/.exec(waiting)?.[0] ?? NaN),
  };
}

const WORDS = { reserved: '予約・未来院', waiting: '待ち', absent: '不在', held: '保留', called: '呼出中', in_room: '診察中', in_exam: '検査中',
  to_pay: '会計待ち', done: '終了', cancelled: '取消' };
/* What the door says under a large call. */
const doorOf = (call) => call.replace(/会計窓口$/, '会計へお越しください').replace(/診察室$/, '診察室へお入りください');

export class Eyes {
  static async open(house, model, glyphs) {
    const reader = await SlipReader.create(glyphs);
    return Object.assign(new Eyes(), { house, model, reader, consoles: [], publics: new Map(), phones: [], papers: [], told: null, steps: 0, ms: 0 });
  }

  async staffView() {
    const { json, status } = await this.house.api('GET', `/api/v1/sites/${this.house.demo.site}/queue`, undefined, this.headers);
    assert.equal(status, 200);
    return json;
  }

  /** Slips as they fell out of the printer: number off the picture, code out of the QR, band of a further one. */
  async slips() {
    const names = await this.house.slips(), fresh = names.slice(this.papers.length);
    if (fresh.length) this.papers.push(...(await this.reader.read(fresh.map((name) => this.house.at('slips', name)))));
    return this.papers.map(({ number, band, torn }) => `${number}${band ? ' again' : ''}${torn ? ' torn' : ''}`);
  }

  consoleOf(line, letters) {
    const list = Object.fromEntries(Object.entries(line.list()).filter(([group]) => group !== 'over' || letters)
      .map(([group, rows]) => [group, rows.map(([number, state]) => [number, WORDS[state]])]));
    return { list, desks: [{ name: '診察', ...line.desk(CONSULTATION) }, { name: '会計', ...line.desk(PAYMENT) }], title: this.model.trouble || `待ち${line.waiting(CONSULTATION)}人`, within: true };
  }

  /** [what is looked at, what it must show, what it shows]; all at about the same moment. */
  async look() {
    const { model, house } = this, now = model.clock.now();
    const [status, tickets, view, log, slips, consoles, publics, phones] = await Promise.all([
      house.asks('status'), house.asks('tickets'), this.staffView(), logOf(house.at('cloud/machiai.db'), house.demo.site), this.slips(),
      Promise.all(this.consoles.map(({ page }) => page.evaluate(readConsole))),
      Promise.all([...this.publics.values()].map((page) => page.evaluate(readPublic))),
      Promise.all(this.phones.map(({ page }) => page.title()))]);
    const ledger = [...new Ledger(log).tickets.values()];
    const states = (list, desk) => Object.fromEntries(list.map((one) => [one.number, `${one.state} at ${one[desk]}`]));
    const { desks, waiting } = status.monitor;
    return [
      ['the cloud', model.cloud.states(), states(view.tickets, 'desk_no')],
      ['the cloud\'s order', model.cloud.list().waiting ?? [], view.tickets.filter((one) => one.desk_no === CONSULTATION && ['waiting', 'reserved'].includes(one.state)).map((one) => [one.number, one.state])],
      ['the database', model.cloud.states(), states(ledger, 'desk_no')],
      ['the kiosk', model.kiosk.states(), states(tickets.tickets, 'desk_no')],
      ['the monitor', model.kiosk.monitor(now), { waiting, desks: desks.map(({ name, waiting: n, call }) => ({ name, waiting: n, call })) }],
      ['the slips', model.slips, slips],
      ...this.consoles.map((one, i) => {
        return [`the console of ${one.name}`, this.consoleOf(model[one.side], one.over), consoles[i]];
      }),
      ...[...this.publics.keys()].map((desk, i) => {
        const { calling, ...rest } = model.cloud.publicPage(desk, now);
        return [`the public page of desk ${desk}`, { calling: calling.map((call, k) => (k === 0 ? doorOf(call) : call)), ...rest }, publics[i]];
      }),
      ...this.phones.map(({ number }, i) => [`the phone of ${number}`, this.phoneTitle(number, now), phones[i].split(' - ')[0]]),
    ];
  }

  phoneTitle(number, now) {
    const { cloud } = this.model, one = cloud.find(number), before = cloud.before(number);
    const live = cloud.calls.some((call) => call.number === number && cloud.isLive(call, now));
    if (live) return `${number}番 お呼びしています`;
    if (['waiting', 'reserved'].includes(one.state)) return `${number}番 あなたの前に${before}人`;
    return `${number}番 ${{ called: 'お呼びしました', absent: 'お呼びしました', in_room: 'ご案内しました', in_exam: '検査のあと、もう一度お呼びします', held: '受付へお声が\u2060けください', to_pay: 'お会計の順番をお待ちください', done: 'ありがとうございました', cancelled: 'この番号は、いまは使われていません' }[one.state] ?? one.state}`;
  }

  /** Looks once, when several things that happen at the same time have happened. */
  async after(doing) {
    this.told = [];
    const results = await doing(), { told } = this;
    this.told = null;
    await this.agree(told.join(' and '));
    return results;
  }

  /** All of them agree with the model, and so with each other. */
  async agree(what) {
    if (this.told) return void this.told.push(what);
    const since = performance.now();
    await until(`all to agree, after ${what}`, async () => {
      for (const [who, expected, seen] of await this.look()) assert.deepEqual(seen, expected, who);
      return true;
    }, { seconds: AGREE_SECONDS, every: 50 });
    this.steps += 1;
    this.ms += performance.now() - since;
  }
}
