// A morning of a clinic: patients at the terminal, at home and on the telephone; two members of staff at their
// consoles; families, one who is absent and returns, some who give up. After every step the public page, the consoles, the monitor, the slips, the cloud and its
// database agree with a model that knows only what people did (day_model.mjs).
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { openBrowser, openPage } from '../../cmake/try/browser.mjs';
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
    this.eyes.headers = await this.logIn({ user: 'reception', password: house.demo.people.reception });
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
}

/** Calls so many to the consulting room, each as it goes with patients; who has to pay goes on to the desk. */
async function serve(clinic, many, staff = clinic.sato) {
  for (let i = 0; i < many; i++) {
    const [number] = await clinic.then(() => staff.next());
    const ways = [[staff.pay], [staff.inRoom, staff.pay], [staff.done], [staff.pay], [staff.inRoom, staff.done]];
    for (const way of ways[clinic.served++ % ways.length]) await clinic.then(() => way(number));
  }
}

/** All who wait at the payment desk. */
async function settle(clinic, { suzuki } = clinic) {
  while (suzuki.line.next(PAYMENT)) {
    const [number] = await clinic.then(() => suzuki.next());
    await clinic.then(() => suzuki.paid(number));
  }
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
  const { home, sato, suzuki } = clinic;
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
  await settle(clinic, { suzuki });
  return phone;
}

test('a clinic\'s day', { timeout: 560_000 }, async () => {
  await inHouse(async (house) => {
    const clinic = new Day(house);
    try {
      await clinic.open();
      await clinic.begin();
      for (const part of [fromHome, doorsOpen, turns]) {
        const since = performance.now(), { steps } = clinic.eyes;
        await part(clinic);
        console.log(`      ${part.name}: ${clinic.eyes.steps - steps} steps, ${Math.round((performance.now() - since) / 1000)} s`);
      }
      assert.deepEqual(clinic.complaints, []);
    } catch (error) {
      for (const { page, name } of clinic.eyes?.consoles ?? []) await page.screenshot({ path: house.at(`${name}.png`) }).catch(() => {});
      throw error;
    } finally {
      console.log(`      ${clinic.eyes?.steps} steps agreed, ${Math.round(clinic.eyes?.ms / clinic.eyes?.steps)} ms each`);
      await clinic.browser?.close();
      clinic.proxy?.close();
      house.agent?.destroy();
    }
  });
});
