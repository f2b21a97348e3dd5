// A full day of a clinic: sixty patients at the terminal, at home and on the telephone; two members of staff at
// their consoles; families, one who is absent and returns, some who give up, paper that runs out, a line that is
// down for ten minutes. After every step the public page, the consoles, the monitor, the slips, the cloud and its
// database agree with a model that knows only what people did (day_model.mjs).
// MACHIAI_PICTURES=DIR keeps pictures of the day's middle.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { openBrowser, openPage } from '../../cmake/try/browser.mjs';
import { check } from '../soak/checker.mjs';
import { gather } from '../soak/evidence.mjs';
import { CuttingProxy } from '../soak/proxy.mjs';
import { Clock } from './clock.mjs';
import { CONSULTATION, Model, PAYMENT } from './day_model.mjs';
import { Eyes } from './day_eyes.mjs';
import { Hall, Home, Staff } from './day_people.mjs';
import { inHouse, until } from './fixture.mjs';

const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour, jst = 9 * hour;
const STEP = 20 * second; // from one thing to the next; the kiosk tells how it is every quarter of a minute
const CARDS = Array.from({ length: 12 }, (_, i) => ({ card: `00${101 + i}`, birth: [1950 + i, 1 + i, 10 + i] }));
const pad = (n) => String(n).padStart(2, '0');

/** Morning and afternoon, every day of the week; turns from home until half an hour before the end. */
function settings() {
  const demo = JSON.parse(readFileSync(new URL('../../assets/demo/settings.json', import.meta.url), 'utf8'));
  return { ...demo, hours: { week: Array.from({ length: 7 }, () => [[9 * 60, 12 * 60], [14 * 60, 17 * 60], null]), closed: [], exceptions: [] },
    remote: { open: true, lead: 60, stop: 30, persons: 4, card: true, first: true } };
}

class Day {
  constructor(house) {
    Object.assign(this, { house, complaints: [], served: 0 });
  }

  async open() {
    const { house } = this;
    await house.open();
    this.clock = new Clock(house);
    this.model = new Model(this.clock);
    await house.startCloud();
    house.agent = new https.Agent({ ca: house.ca, keepAlive: true });
    house.addProgramme = async () => ''; // the films have their own tests
    await this.furnish();
    await house.startPrinter();
    await house.startDisplay();
    this.proxy = new CuttingProxy(house.port);
    await this.proxy.listen();
    const { url } = house;
    house.url = `https://127.0.0.1:${this.proxy.port}`;
    await house.writeConfig(house.demo.code, '\n[lan]\nconsole = yes\nport = 0\n');
    house.url = url;
    await house.startKiosk();
    const { letter } = await until('the kiosk to enrol', async () => {
      const now = await house.asks('status');
      return now.enrolled && now.online && now.lan?.people === 2 && now;
    }, { seconds: 60 });
    this.letter = letter;
    this.eyes = await Eyes.open(house, this.model, path.join(process.env.MACHIAI_BUILD, 'tests/soak/glyph_tool'));
    this.browser = await openBrowser();
  }

  async furnish() {
    const { house } = this;
    await house.furnish();
    const { demo } = house;
    this.queue = `${demo.clinic_no}-1`;
    demo.people.suzuki = 'a password of the day';
    await house.admin('user', 'add', '--user', 'suzuki', '--name', '鈴木', '--role', 'staff', '--site', demo.site, '--password', demo.people.suzuki);
    writeFileSync(house.at('settings.json'), JSON.stringify(settings()));
    await house.admin('site', 'settings', '--site', demo.site, '--file', house.at('settings.json'));
    const headers = await this.logIn({ user: 'suzuki', password: demo.people.suzuki });
    const patients = CARDS.map(({ card, birth: [year, month, date] }) => ({ card, birth: `${year}-${pad(month)}-${pad(date)}` }));
    const answer = await house.api('PUT', `/api/v1/sites/${demo.site}/patients`, { patients }, headers);
    assert.equal(answer.status, 200, answer.text);
  }

  async logIn({ user, password }) {
    const login = await this.house.api('POST', '/api/v1/sessions', { user, password });
    assert.ok(login.status < 300, login.text);
    return { Cookie: login.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': login.json.csrf };
  }

  /** The clinic's time: hours and minutes of this day. */
  at(hours, minutes = 0) {
    return this.midnight + hours * hour + minutes * minute;
  }

  /** Opens the doors on the day that begins next. */
  async begin() {
    this.midnight = Math.ceil((Date.now() + jst) / day) * day - jst;
    this.clock.leap(this.at(8, 50));
    // now: a session of before the leap, which may be of more than a day, would be over
    this.eyes.headers = await this.logIn({ user: 'reception', password: this.house.demo.people.reception });
    for (const desk of [CONSULTATION, PAYMENT]) {
      const page = await openPage(this.browser, { width: 390, height: 844 });
      page.on('pageerror', (error) => this.complaints.push(`public ${desk}: ${error.stack}`));
      await page.goto(`${this.house.url}/q/${this.house.demo.clinic_no}-${desk}`);
      this.eyes.publics.set(desk, page);
    }
    this.sato = await Staff.open(this, { user: 'reception', name: '佐藤' });
    this.suzuki = await Staff.open(this, { user: 'suzuki', name: '鈴木', desk: PAYMENT, room: 'payment' });
    this.hall = new Hall(this);
    this.home = await Home.open(this);
    await this.eyes.agree('the lights went on');
  }

  /** A patient's own page in their hand, from now on. */
  async phone(number, code) {
    const page = await openPage(this.browser, { width: 390, height: 844 });
    await page.goto(`${this.house.url}/t/${code}`);
    const phone = { number, page };
    this.eyes.phones.push(phone);
    await this.eyes.agree(`the page of ${number}`);
    return phone;
  }

  /** One thing after the other, each a little later. */
  async then(...acts) {
    const results = [];
    for (const act of acts) {
      this.clock.leap(this.clock.now() + STEP);
      results.push(await act());
    }
    return results;
  }

  /** Several at the same time; looked at when all are through. */
  async together(...acts) {
    this.clock.leap(this.clock.now() + STEP);
    return this.eyes.after(() => Promise.all(acts.map((act) => act())));
  }
}

/** For whoever looks at them afterwards. */
async function pictures({ house, eyes, sato, suzuki }, name) {
  if (!process.env.MACHIAI_PICTURES) return;
  const at = (what) => path.join(process.env.MACHIAI_PICTURES, `day-${name}-${what}.png`);
  await sato.page.screenshot({ path: at('sato') });
  await suzuki.page.screenshot({ path: at('suzuki') });
  for (const [desk, page] of eyes.publics) await page.screenshot({ path: at(`public-${desk}`), fullPage: true });
  await house.ctl('screenshot', at('monitor'), 'monitor');
}

const WAYS = [['pay'], ['done'], ['inRoom', 'pay'], ['pay'], ['done'], ['inRoom', 'done'], ['pay']];

/**
 * Consulting room and payment desk work at the same time: so many are called to the room (all, if not told), and
 * go on to the desk or home; at the desk each is called and pays.
 */
async function serve(clinic, many = Infinity, { room = clinic.sato, till = clinic.suzuki } = {}) {
  for (let i = 0; i < many && room.line.next(CONSULTATION); i++) {
    const pays = till.line.next(PAYMENT);
    const [number, payer] = await clinic.together(() => room.next(), () => pays && till.next());
    const [way, ...more] = WAYS[clinic.served++ % WAYS.length];
    await clinic.together(() => room[way](number), () => payer && till.paid(payer));
    for (const then of more) await clinic.then(() => room[then](number));
  }
}

/** All who wait at the payment desk. */
async function settle(clinic, till = clinic.suzuki) {
  while (till.line.next(PAYMENT)) {
    const [number] = await clinic.then(() => till.next());
    await clinic.then(() => till.paid(number));
  }
}

async function opening(clinic) {
  await clinic.open();
  await clinic.begin();
}

/** Before the doors open: turns are booked from home, by those who are known and those who come for the first time. */
async function fromHome(clinic) {
  const { home, hall, sato } = clinic;
  await hall.screen('closed');
  await clinic.then(() => home.book(CARDS[0]), () => home.book({}), () => home.book(CARDS[1]), () => home.book(CARDS[2], {}, CARDS[3]), () => home.book(CARDS[4]),
    () => sato.add({ phone: true }), () => sato.add({ phone: true }));
  assert.equal(clinic.model.numbers, 9);
}

/** 9:00: the doors open; a family comes to the terminal, others to the desk; who has booked arrives. */
async function doorsOpen(clinic) {
  const { hall, home, sato, suzuki } = clinic;
  clinic.clock.leap(clinic.at(9));
  await hall.screen('start');
  await clinic.then(() => hall.walkIn(), () => hall.walkIn({ service: 'child', persons: 3 }), () => hall.checkIn('1', home.codes.get('1')), () => sato.add(), () => sato.add({ persons: 2 }),
    () => sato.arrive('2'), () => hall.checkIn('3'), () => sato.arrive('4'), () => sato.arrive('5'), () => sato.arrive('6'), () => hall.walkIn(), () => hall.walkIn({ service: 'vaccine' }));
  const [one] = await clinic.then(() => sato.next());
  assert.equal(one, '1');
  await onStage(clinic, one, '第1診察室');
  await clinic.then(() => sato.inRoom(one), () => sato.pay(one), () => suzuki.next(), () => suzuki.paid(one));
  await sato.showOver();
}

/** The monitor's stage has the call. */
async function onStage({ house }, number, room) {
  await until(`${number} on the stage`, async () => {
    const { stage } = (await house.asks('status')).monitor;
    return stage?.number === number && stage.room === room;
  }, { seconds: 60 });
}

/** Whoever does not come when called, and returns; and what else is done to a turn. */
async function turns(clinic) {
  const { home, sato } = clinic;
  await clinic.then(() => sato.next(), () => sato.recall('2'), () => sato.absent('2')); // nobody comes
  await serve(clinic, 1);
  await clinic.then(() => sato.wait('2'));
  assert.equal(clinic.model.cloud.next(CONSULTATION).number, '2', 'back at the desk, and back in the old place');
  const phone = await clinic.phone('2', home.codes.get('2'));
  await clinic.then(() => sato.next(), () => sato.undo(), () => sato.key('back', '2', 'b', { places: 3 }));
  await serve(clinic, 1);
  await clinic.then(() => home.cancel('7'), () => sato.cancel('8'), () => sato.prefer('16', '高熱'));
  await serve(clinic, 1);
  const [number] = await clinic.then(() => sato.next());
  await clinic.then(() => sato.inRoom(number), () => sato.tray('exam', number, '検査中'));
  await serve(clinic, 1);
  await clinic.then(() => sato.key('hold', clinic.model.cloud.next(CONSULTATION).number, 'h'), () => sato.first('wait', number, '待ちへ'), () => sato.arrive('9'));
  await settle(clinic);
  return phone;
}

/** The roll ends: who comes gets a number and no slip; staff hear of it, put paper in, and print what is missing. */
async function paperOut(clinic) {
  const { house, hall, sato } = clinic, alarm = sato.page.locator('.alarm', { hasText: '用紙がなくなりました' });
  await house.printerState('paper_out');
  clinic.model.trouble = '用紙切れ';
  const [[one], [other]] = await clinic.then(() => hall.walkIn({ paper: false }), () => hall.walkIn({ service: 'child', paper: false }));
  await alarm.waitFor();
  await house.printerState('ok');
  clinic.model.trouble = '';
  await alarm.waitFor({ state: 'detached', timeout: 60_000 });
  await clinic.then(() => sato.reissue(one), () => sato.reissue(other), () => hall.walkIn());
}

/** Both press at once, for the same patient: one has called, the other reads that a colleague was first. */
async function atOnce(clinic) {
  const { sato, suzuki, model, eyes } = clinic, { number } = model.cloud.next(CONSULTATION);
  await suzuki.take(CONSULTATION, 'room-2');
  await Promise.all([sato, suzuki].map(({ page }) => page.keyboard.press('F2')));
  const { room } = await until('the call', async () => (await eyes.staffView()).tickets.find((one) => one.number === number && one.state === 'called'));
  model.do('call', number, { room });
  await eyes.agree('both called at once');
  const [first, late] = room === 'room-1' ? [sato, suzuki] : [suzuki, sato];
  await late.page.getByRole('alert').getByText(`ほかの方が先に${number}番を操作しました`).waitFor();
  assert.equal(await first.page.locator('.undo [role=alert]').count(), 0);
  await late.page.locator('.undo').getByRole('button', { name: '閉じる' }).click();
  for (const one of [sato, suzuki]) one.rest();
  await clinic.then(() => late.next()); // who was too late calls the next one, to the own room
  await clinic.then(() => first.done(number), () => late.pay(model.cloud.calls[0].number), () => suzuki.take(PAYMENT, 'payment'));
}

/** No line for ten minutes: the kiosk gives numbers of its own, and staff call from the page that it serves itself. */
async function lineDown(clinic) {
  const { house, hall, home, sato, model, letter, proxy, clock } = clinic, since = clock.now();
  proxy.set('reset');
  await until('the kiosk to miss its line', async () => !(await house.asks('status')).online, { seconds: 30 });
  model.cutLine();
  const { lan } = await house.asks('status'), here = { side: 'kiosk', url: `https://127.0.0.1:${new URL(lan.url).port}` };
  const room = await Staff.open(clinic, { ...here, user: 'reception', name: '佐藤, at the kiosk\'s page' });
  const till = await Staff.open(clinic, { ...here, user: 'suzuki', name: '鈴木, at the kiosk\'s page', desk: PAYMENT, room: 'payment' });
  await clinic.then(() => hall.walkIn({ letter }), () => home.book(CARDS[5]));
  await serve(clinic, 3, { room, till });
  await sato.page.getByRole('alert').getByText('とつながっていません').waitFor({ timeout: 30_000 });
  assert.equal(await sato.page.getByRole('alert').getByRole('link', { name: /院内ページを開く/ }).getAttribute('href'), `${lan.url}/staff/`);
  await pictures(clinic, 'line-down');
  await clinic.then(() => hall.walkIn({ letter }), () => hall.walkIn({ letter, service: 'child' }), () => home.book({}), () => room.next(), () => room.absent(room.line.calls[0].number));
  await serve(clinic, 2, { room, till });
  clock.leap(Math.max(since + 10 * minute, clock.now()));
  await clinic.then(() => room.next(), () => hall.walkIn({ letter }));
  proxy.set('pass');
  await until('the kiosk to hand everything over', async () => {
    const { online, outbox } = await house.asks('status');
    return online && outbox === 0;
  }, { seconds: 60 });
  model.joinLine();
  await clinic.eyes.agree('the line is back');
  await sato.page.getByText('回線が切れているあいだに操作がありました').first().waitFor({ timeout: 30_000 });
  await sato.page.getByRole('button', { name: '確認しました' }).click();
  await Promise.all([room, till].map((one) => one.leave()));
}

/** Who has booked and is not there yet. */
const away = ({ model }) => model.cloud.patients.filter((one) => one.state === 'reserved').map((one) => one.number);

/** Everybody who is still there, to the last one. */
async function toTheLast(clinic) {
  const { sato, suzuki, model } = clinic, there = () => model.cloud.patients.filter((one) => !['done', 'cancelled'].includes(one.state));
  const acts = { reserved: 'arrive', absent: 'wait', held: 'wait', in_exam: 'wait', in_room: 'done', called: 'pay' };
  while (there().length) {
    for (const { number, state, desk } of there()) {
      if (desk === PAYMENT && state === 'called') await clinic.then(() => suzuki.done(number));
      else if (acts[state]) await clinic.then(() => sato[acts[state]](number));
    }
    await serve(clinic);
    await settle(clinic);
  }
}

/** The morning ends for those who have no number yet; the afternoon brings as many again. */
async function afternoon(clinic) {
  const { hall, home, sato, suzuki, clock } = clinic;
  await toTheLast(clinic);
  clock.leap(clinic.at(12, 30));
  await hall.screen('closed');
  await clinic.eyes.agree('the morning is over');
  clock.leap(clinic.at(13, 10));
  await clinic.then(() => home.book(CARDS[6]), () => home.book({}, CARDS[7]), () => home.book(CARDS[8]), () => home.book({}), () => home.book(CARDS[9]), () => suzuki.add({ phone: true }), () => sato.add({ phone: true }));
  clock.leap(clinic.at(14));
  await hall.screen('start');
  await clinic.then(() => hall.walkIn({ persons: 4, service: 'child' }), () => hall.walkIn());
  const { number, code } = clinic.eyes.papers.at(-1); // its QR opens its holder's page
  await clinic.phone(number, code);
  await clinic.then(() => sato.add({ persons: 3 }), () => suzuki.add());
  const [first, second, ...others] = away(clinic);
  await clinic.then(() => hall.checkIn(first, home.codes.get(first)), () => hall.checkIn(second));
  for (const number of others) await clinic.then(() => sato.arrive(number));
  await serve(clinic, 6);
  await pictures(clinic, 'afternoon');
  for (let i = 0; i < 10; i++) {
    await clinic.then(() => hall.walkIn({ service: ['adult', 'child', 'vaccine'][i % 3] }));
    if (i % 2) await serve(clinic, 1);
  }
  await clinic.then(() => sato.add(), () => suzuki.add(), () => hall.walkIn({ persons: 3, service: 'child' }), () => hall.walkIn());
}

/** 17:00: no more numbers; the last patients go home, and the books are looked through. */
async function evening(clinic) {
  const { house, hall, clock, model, eyes } = clinic;
  clock.leap(clinic.at(17, 1));
  await hall.screen('closed');
  await eyes.publics.get(CONSULTATION).getByText('本日の受付は終了しました').waitFor({ timeout: 20_000 });
  await toTheLast(clinic);
  await pictures(clinic, 'evening');
  assert.equal(model.cloud.patients.length, 60);
  const kiosk = { name: 'kiosk', device: (await house.asks('status')).device, at: house.at.bind(house), ctl: house.ctl.bind(house), slips: house.slips.bind(house) };
  const books = { cloud: house, site: house.demo.site, kiosks: [kiosk], people: [{ user: 'reception', password: house.demo.people.reception }], logIn: clinic.logIn.bind(clinic) };
  const evidence = await gather(books, { shown: hall.shown, acts: [], intakes: [], kioskActs: [] }, eyes.reader);
  assert.deepEqual(check(evidence).flatMap(({ rule, findings }) => findings.map(({ what }) => `${rule}: ${what}`)), []);
}

test('a clinic\'s day', { timeout: 880_000 }, async () => {
  await inHouse(async (house) => {
    const clinic = new Day(house);
    try {
      for (const part of [opening, fromHome, doorsOpen, turns, paperOut, atOnce, lineDown, afternoon, evening]) {
        const since = performance.now(), steps = clinic.eyes?.steps ?? 0;
        await part(clinic);
        console.log(`      ${part.name}: ${clinic.eyes.steps - steps} steps, ${Math.round((performance.now() - since) / 1000)} s`);
      }
      assert.deepEqual(clinic.complaints, []);
    } catch (error) {
      for (const { page, name } of clinic.eyes?.consoles ?? []) await page.screenshot({ path: house.at(`${name}.png`) }).catch(() => {});
      for (const [desk, page] of clinic.eyes?.publics ?? []) await page.screenshot({ path: house.at(`desk ${desk}.png`) }).catch(() => {});
      throw error;
    } finally {
      console.log(`      ${clinic.eyes?.steps} steps agreed, ${Math.round(clinic.eyes?.ms / clinic.eyes?.steps)} ms each`);
      await clinic.browser?.close();
      clinic.proxy?.close();
      house.agent?.destroy();
    }
  });
});
