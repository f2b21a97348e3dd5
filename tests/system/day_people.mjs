// The people of a clinic's day, at the doors that people use: patients at the terminal and at home, staff
// at their consoles. Each does something for real, and tells the model what was done.
import { strict as assert } from 'node:assert';
import { logIn, openPage } from '../../cmake/try/browser.mjs';
import { sleep, until } from './fixture.mjs';
import { tap, terminal, x } from './hands.mjs';
import { CONSULTATION } from './day_model.mjs';

const GUARD_MS = 500;  // a change of the terminal's screen takes no touch for 400 ms
const PRESS_MS = 1050; // a second press of the same button within a second is the same press

/** Patients before the terminal. */
export class Hall {
  constructor(day) {
    Object.assign(this, { day, shown: [], ready: 0 });
  }

  async touch(...widgets) {
    for (const widget of widgets) {
      await until(`${widget} on the terminal`, async () => (await terminal(this.day.house)).areas[widget], { seconds: 30, every: 30 });
      await sleep(this.ready - performance.now());
      await tap(this.day.house, widget);
      this.ready = performance.now() + GUARD_MS;
    }
  }

  screen(...names) {
    return until(`the screen ${names}`, async () => {
      const now = await terminal(this.day.house);
      return names.includes(now.screen) && now;
    }, { seconds: 30, every: 30 });
  }

  /** Takes the numbers of a party; the paper may be out, the line may be cut. */
  async walkIn({ service = 'adult', persons = 1, paper = true, letter = '' } = {}) {
    const { day } = this, numbers = Array.from({ length: persons }, () => day.model.number(letter));
    if (persons > 1) await this.touch('family', `persons:${persons}`);
    await this.touch(`service:${service}`);
    const { number, screen } = await this.screen(paper ? 'ticket' : 'no_slip');
    assert.equal(number, numbers[0], `the ${screen} screen`);
    for (const one of numbers) {
      this.shown.push({ kiosk: 'kiosk', number: one, at: day.clock.now() });
      day.model.do('issue', one, { channel: 'kiosk', family: persons > 1 ? numbers[0] : '', where: 'kiosk' });
      if (paper) day.model.slips.push(one);
    }
    await day.eyes.agree(`walk-in ${numbers}`);
    await this.leave();
    return numbers;
  }

  /** A touch that meets a change of the screen is not taken: one touches again. */
  async leave() {
    await until('the start screen', async () => {
      if ((await terminal(this.day.house)).screen === 'start') return true;
      await this.touch('finish');
      return until('the start screen', async () => (await terminal(this.day.house)).screen === 'start', { seconds: 1, every: 30 });
    }, { seconds: 30 });
    this.ready = performance.now() + GUARD_MS;
  }

  /** Somebody who has booked arrives: with the code from home before the scanner, or the number by the keys. */
  async checkIn(number, code) {
    const { day } = this;
    await this.screen('start');
    if (code) {
      const keys = { ':': 'colon', '/': 'slash', '.': 'period', '-': 'minus' };
      await x(day.house, 'mousemove', 5, 5, 'key', '--delay', 1, ...[...`${day.house.url}/t/${code}`].map((letter) => keys[letter] ?? letter), 'Return');
    } else {
      await this.touch('checkin', ...[...number].map((digit) => `key:${digit}`), 'enter');
    }
    const seen = await this.screen('ticket');
    assert.equal(seen.number, number);
    day.model.do('arrive', number, { where: 'kiosk' });
    day.model.slips.push(number);
    await day.eyes.agree(`check-in of ${number}`);
    await this.leave();
  }
}

/** Somebody at home, with a telephone. */
export class Home {
  static async open(day) {
    const page = await openPage(day.browser, { width: 390, height: 844 });
    return Object.assign(new Home(), { day, page, codes: new Map() });
  }

  /** persons: [{ card, birth: [year, month, day] } or {} for the first time]. Their numbers. */
  async book(...persons) {
    const { page, day } = this, next = () => page.getByRole('button', { name: '次へ進む' }).click();
    await page.goto(`${day.house.url}/q/${day.queue}`);
    await page.getByRole('link', { name: '順番を予約する' }).click();
    await page.locator('.kinds').first().waitFor();
    await this.kind(persons[0]);
    for (let i = 1; i < persons.length; i++) await page.getByRole('button', { name: '1人増やす' }).click();
    await next();
    for (const [i, one] of persons.entries()) {
      if (i > 0) await this.kind(one);
      if (one.card) {
        await page.locator('#card').fill(one.card);
        for (const [k, part] of ['year', 'month', 'day'].entries()) await page.locator(`#${part}`).fill(String(one.birth[k]));
      }
      const heading = await page.locator('h1[tabindex]').textContent();
      await next();
      await page.locator('h1[tabindex]').filter({ hasNotText: heading }).waitFor();
    }
    await page.locator('#read').check();
    await page.getByRole('button', { name: '予約して番号を取る' }).click();
    await page.waitForURL(/\/t\/[^/]+$/);
    return this.booked(persons.length);
  }

  async kind(one) {
    await this.page.locator('.kinds').first().locator('label').filter({ hasText: one.card ? '診察券をお持ちの方' : 'はじめての方' }).click();
  }

  async booked(persons) {
    const { page, day } = this, numbers = Array.from({ length: persons }, () => day.model.number());
    await page.getByText('予約できました').waitFor();
    assert.equal((await page.locator('.mine > .number').textContent()).trim(), numbers[0]);
    const code = new URL(page.url()).pathname.split('/').pop();
    const { json } = await day.house.api('GET', `/api/v1/tickets/${code}`);
    for (const one of json.party) this.codes.set(one.number, one.code);
    for (const one of numbers) day.model.do('issue', one, { channel: 'web', booked: true, family: persons > 1 ? numbers[0] : '', where: 'cloud' });
    await day.eyes.agree(`booking ${numbers}`);
    return numbers;
  }

  async cancel(number) {
    const { page, day } = this;
    await page.goto(`${day.house.url}/t/${this.codes.get(number)}`);
    await page.getByRole('button', { name: '予約を取り消す' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '予約を取り消す' }).click();
    day.model.do('cancel', number, { where: 'cloud' });
    await day.eyes.agree(`${number} given up from home`);
  }
}

/** A member of staff at a console: the cloud's, or the kiosk's own when the line is down. */
export class Staff {
  static async open(day, { user, name, side = 'cloud', url = day.house.url, desk = CONSULTATION, room = 'room-1' }) {
    const page = await openPage(day.browser, { width: 1440, height: 900 });
    page.on('pageerror', (error) => day.complaints.push(`${name}: ${error.stack}`));
    await logIn(page, `${url}/staff/`, user, day.house.demo.people[user]);
    await page.getByRole('button', { name: /次の方を呼ぶ/ }).first().waitFor();
    const staff = Object.assign(new Staff(), { day, page, name, side, over: false, pressed: 0 });
    await staff.take(desk, room);
    day.eyes.consoles.push(staff);
    return staff;
  }

  leave() {
    const { consoles } = this.day.eyes;
    consoles.splice(consoles.indexOf(this), 1);
    return this.page.context().close();
  }

  get line() {
    return this.day.model[this.side];
  }

  /** Sits down at a desk, and calls to a room of it from now on. */
  async take(desk, room) {
    await this.page.keyboard.press(`Alt+${desk}`);
    await this.page.locator('.desk.own h2').filter({ hasText: desk === CONSULTATION ? '診察' : '会計' }).waitFor();
    Object.assign(this, { desk, room });
    const choice = this.page.locator('.rooms .choice').nth(room === 'room-2' ? 1 : 0);
    if (desk === CONSULTATION) await choice.click();
  }

  async showOver() {
    await this.page.getByRole('button', { name: /終わった方を表示する/ }).press('Enter');
    this.over = true;
    await this.day.eyes.agree('those who are done');
  }

  row(number) {
    return this.page.locator('.row').filter({ has: this.page.locator('.line > .number').getByText(number, { exact: true }) });
  }

  async tell(kind, number, more = {}) {
    this.day.model.do(kind, number, { where: this.side, ...more });
    await this.day.eyes.agree(`${this.name}: ${kind} ${number}`);
    return number;
  }

  rest() {
    this.pressed = performance.now() + PRESS_MS;
  }

  /** The large button, by its key. */
  async next() {
    const { number } = this.line.next(this.desk);
    await sleep(this.pressed - performance.now());
    await this.page.keyboard.press('F2');
    this.rest();
    return this.tell('call', number, { room: this.room });
  }

  /** A button beside the number that is called: 再呼出, 入室, 不在, 終了. */
  async beside(kind, number, words) {
    await this.page.locator('.called button').filter({ hasText: `${number}番 ${words}` }).click();
    return this.tell(kind, number);
  }

  /** By the keyboard alone: the row, then the act's letter. */
  async key(kind, number, letter, more) {
    await this.row(number).focus();
    await this.page.keyboard.press(letter);
    return this.tell(kind, number, more);
  }

  /** The first button of the row. */
  async first(kind, number, words, more) {
    await this.row(number).locator('.acts button').first().filter({ hasText: words }).press('Enter');
    return this.tell(kind, number, more);
  }

  /** A button of the tray that the row unfolds. */
  async tray(kind, number, words, more) {
    await this.row(number).locator('.opener').press('Enter');
    await this.row(number).locator('.tray button').filter({ hasText: words }).click();
    return kind && this.tell(kind, number, more);
  }

  inRoom = (number) => this.beside('in_room', number, '入室');
  absent = (number) => this.beside('absent', number, '不在');
  recall = (number) => this.beside('recall', number, '再呼出');
  paid = (number) => this.beside('done', number, '終了');
  pay = (number) => this.key('pay', number, 'p');
  done = (number) => this.key('done', number, 'd');
  arrive = (number) => this.first('arrive', number, '来院');
  wait = (number) => this.tray('wait', number, '待ちへ');

  async cancel(number) {
    await this.tray(null, number, '取消');
    await this.page.getByRole('dialog').getByRole('button', { name: `${number}番を取り消す` }).click();
    return this.tell('cancel', number);
  }

  async prefer(number, reason) {
    await this.tray(null, number, '優先にする');
    const dialog = this.page.getByRole('dialog');
    await dialog.locator('.choices button').filter({ hasText: reason }).click();
    await dialog.locator('.acts .first').click();
    return this.tell('first', number);
  }

  async undo() {
    await this.page.keyboard.press('Control+z');
    this.day.model.undo();
    await this.day.eyes.agree(`${this.name}: undo`);
  }

  /** A further number, for somebody who stands at the desk or telephones. */
  async add({ phone = false, persons = 1 } = {}) {
    const { page, day } = this, numbers = Array.from({ length: persons }, () => day.model.number());
    await page.locator('.tools .button.second').click();
    const dialog = page.getByRole('dialog');
    if (phone) await dialog.getByText('電話(来院はこれから)').click();
    if (persons > 1) await dialog.locator('#persons').selectOption(String(persons));
    await sleep(this.pressed - performance.now());
    await dialog.getByRole('button', { name: '番号を追加する' }).click();
    this.rest();
    await dialog.waitFor({ state: 'detached' });
    for (const one of numbers) day.model.do('issue', one, { channel: phone ? 'phone' : 'desk', booked: phone, family: persons > 1 ? numbers[0] : '', where: this.side });
    await day.eyes.agree(`${this.name} added ${numbers}`);
    return numbers;
  }

  async reissue(number) {
    await this.tray(null, number, '再発行');
    this.day.model.slips.push(`${number} again`);
    await this.day.eyes.agree(`${this.name}: a further slip of ${number}`);
  }
}
