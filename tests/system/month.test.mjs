// A month of the model programme on a real cloud and a real kiosk, with a clock that leaps from one
// moment worth seeing to the next: approved in time with a swap, never approved, approved late,
// approved while the line was down, a week without a line, withdrawals. What the kiosk says it has
// shown agrees with the terms, item by item.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { CuttingProxy } from '../soak/proxy.mjs';
import { Clock } from './clock.mjs';
import { inHouse, sleep, until } from './fixture.mjs';
import { Oracle, assertAllShown, minute } from './programme_oracle.mjs';

const hour = 60 * minute, day = 24 * hour, jst = 9 * hour;
const password = 'a password of the month';

/** Two seconds each, and each another picture, so that no two have one name. */
function makeFilms(house) {
  mkdirSync(house.at('films'));
  const films = {};
  for (const [i, name] of ['h1', 'h2', 'h3', 'a1', 's1', 's2', 'own'].entries()) {
    films[name] = house.at('films', `${name}.mp4`);
    execFileSync('ffmpeg', ['-loglevel', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', `testsrc2=s=320x180:r=25:d=2,hue=h=${i * 50}`,
      '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', films[name]]);
  }
  return films;
}

class Month {
  constructor(house) {
    this.house = house;
    this.clock = new Clock(house);
    const midnight = Math.ceil((Date.now() + jst) / day) * day - jst;
    const toMonday = (8 - new Date(midnight + jst).getUTCDay()) % 7;
    this.first = midnight + (toMonday + 7) * day; // the Monday after next, 00:00 at the clinic
    this.facts = { programmes: [], clinic: [], substitutes: [], withdrawn: [], leaps: [] };
  }

  leap(to) {
    this.facts.leaps.push({ from: this.clock.now(), to });
    this.clock.leap(to);
  }

  at(days, hours = 0, more = 0) {
    return this.first + days * day + hours * hour + more;
  }

  async open() {
    const { house } = this;
    await house.open();
    await house.startCloud();
    const site = await house.admin('site', 'add', '--settings', new URL('../../assets/demo/settings.json', import.meta.url).pathname);
    this.site = site.site;
    for (const [user, role] of [['manager', 'contractor'], ['operator', 'operator']]) {
      const places = role === 'operator' ? [] : ['--site', this.site];
      await house.admin('user', 'add', '--user', user, '--name', user, '--role', role, ...places, '--password', password);
    }
    const kinds = { h: 'health', a: 'advertisement', s: 'substitute', o: 'self_made' };
    this.film = {};
    for (const [name, file] of Object.entries(makeFilms(house))) {
      this.film[name] = (await house.admin('film', 'add', '--file', file, '--kind', kinds[name[0]], '--title', name)).sha256;
    }
    this.facts.substitutes = [this.film.s1, this.film.s2];
    await house.startPrinter();
    await house.startDisplay();
    this.proxy = new CuttingProxy(house.port);
    await this.proxy.listen();
    const { code } = await house.admin('device', 'code', '--site', this.site);
    const { url } = house;
    house.url = url.replace(/\d+$/, this.proxy.port);
    await house.writeConfig(code);
    house.url = url;
    await house.startKiosk();
    await until('the kiosk to enrol', async () => (await house.ctl('status')).enrolled, { seconds: 30 });
  }

  /** As a person who logs in anew each time: days lie between. */
  async as(user, method, path, body) {
    const { house } = this;
    const login = await house.api('POST', '/api/v1/sessions', { user, password });
    assert.equal(login.status, 200, login.text);
    const cookie = login.headers['set-cookie'][0].split(';')[0];
    return house.api(method, path, body, { Cookie: cookie, 'X-CSRF-Token': login.json.csrf });
  }

  item(name, more = {}) {
    const kind = { h: 'health', a: 'advertisement', o: 'self_made' }[name[0]];
    return { kind, sha256: this.film[name], ...more };
  }

  /** A week's table, distributed now; deadline: noon of the day before it begins. */
  async distribute(week, items) {
    const programme = { from: this.at(7 * week), to: this.at(7 * week + 7), deadline: this.at(7 * week - 1, 12), items, distributed: this.clock.now() };
    const file = this.house.at(`week${week}.json`);
    await writeFile(file, JSON.stringify({ from: programme.from, to: programme.to, deadline: programme.deadline,
      items: items.map(({ sha256, weekdays, daypart_from, daypart_to }) => ({ sha256, weekdays, daypart_from, daypart_to })) }));
    programme.id = (await this.house.admin('programme', 'add', '--site', this.site, '--file', file)).programme;
    await this.house.admin('programme', 'distribute', '--programme', programme.id);
    this.facts.programmes.push(programme);
    return programme;
  }

  async approve(programme) {
    const answer = await this.as('manager', 'POST', `/api/v1/sites/${this.site}/programmes/${programme.id}/approval`, {});
    if (answer.status === 200) programme.approved = this.clock.now();
    return answer.status;
  }

  async withdraw(name) {
    const answer = await this.as('operator', 'POST', `/api/v1/films/${this.film[name]}/withdrawal`, { reason: 'wrong dose in the text' });
    assert.ok(answer.status < 300, answer.text);
  }

  playing() {
    return this.house.ctl('status').then((status) => status.playing);
  }

  async settled(what, probe) {
    return until(what, async () => probe(await this.playing() ?? {}), { seconds: 30 });
  }

  contents() {
    return this.house.ctl('status').then((status) => status.contents);
  }

  /** Does something in the cloud; afterwards the kiosk has heard of it, and has what it was told to fetch. */
  async told(act) {
    const { edition } = await this.contents();
    const result = await act();
    await until('the kiosk to hear of it', async () => {
      const now = await this.contents();
      return now.edition > edition && now.present === now.files;
    }, { seconds: 60 });
    return result;
  }

  /** Lets some seconds of real time pass. */
  async watch(seconds) {
    await sleep(seconds * 1000);
  }

  /** What the kiosk says it has shown, as the cloud has verified and kept it. */
  async plays() {
    const now = this.clock.now();
    let all;
    await until('the plays to be told', async () => {
      this.clock.leap(this.clock.now() + hour); // they are told in batches, not one by one
      const rows = JSON.parse(execFileSync('sqlite3', ['-readonly', '-json', this.house.at('cloud/machiai.db'),
        'SELECT body, broken FROM play ORDER BY log, seq']).toString() || '[]');
      assert.ok(rows.every(({ broken }) => broken === 0), 'a play does not follow the one before it');
      all = rows.map(({ body }) => JSON.parse(body));
      return all.length > 0 && all.at(-1).end >= now;
    }, { seconds: 60, every: 3000 });
    assert.deepEqual(all.map((one) => one.seq), all.map((_, i) => i + 1), 'no play is missing');
    return all.filter((one) => one.start < now);
  }
}

test('a month of the model programme', async () => {
  await inHouse(async (house) => {
    mkdirSync(house.dir, { recursive: true });
    const month = new Month(house), { clock, facts } = month;
    await month.open();
    const { film } = month;

    // Ten days ahead: two tables reach the clinic; one is swapped and approved, one forgotten.
    month.leap(month.at(-8, 10));
    const first = await month.told(() => month.distribute(0, [month.item('h1'), month.item('a1'), month.item('h2', { weekdays: 0b0111110, daypart_from: 9 * 60, daypart_to: 12 * 60 })]));
    await month.told(() => month.distribute(1, [month.item('h1'), month.item('a1'), month.item('own')]));
    const swap = await month.told(() => month.as('manager', 'PUT', `/api/v1/sites/${month.site}/programmes/${first.id}/items/0`, { sha256: film.h3 }));
    assert.equal(swap.status, 200, swap.text);
    first.items[0] = month.item('h3');
    assert.equal(await month.told(() => month.approve(first)), 200);

    // 20: the first second of the period; before it nothing is planned.
    month.leap(month.at(0, 0, -5000));
    await month.watch(9);
    month.leap(month.at(2, 8, 59 * minute + 55 * 1000)); // Wednesday: the morning film begins at nine
    await month.watch(13);
    month.leap(month.at(5, 10)); // Saturday: it does not play
    await month.watch(7);

    // The second week: nobody approved. A late approval is refused and restores nothing.
    month.leap(month.at(7, 0, -4000));
    await month.watch(9);
    assert.equal(await month.approve(facts.programmes[1]), 409);
    month.leap(month.at(9, 15));
    const third = await month.told(() => month.distribute(2, [month.item('h1'), month.item('h2'), month.item('a1')]));
    await month.watch(7);

    // The third: approved in time, while the line was down. It counts once the kiosk knows.
    month.proxy.set('reset');
    month.leap(month.at(12, 10));
    assert.equal(await month.approve(third), 200);
    third.known = Infinity;
    month.leap(month.at(15, 10));
    await month.settled('the third week', ({ reason }) => reason === 'unapproved');
    await month.watch(7);
    third.known = clock.now();
    month.proxy.set('pass');
    await month.settled('the approval to be known', ({ reason }) => reason === 'scheduled');
    third.known = month.clock.now(); // what began in between is left out below
    await month.watch(7);

    // A withdrawal is off the screen within five seconds.
    await month.settled('the film that will be withdrawn', ({ title, kind }) => kind === 'advertisement' || title === 'a1');
    await month.withdraw('a1');
    const withdrawn = { sha256: film.a1, known: clock.now() + 5000 };
    facts.withdrawn.push(withdrawn);
    await sleep(5000);
    assert.notEqual((await month.playing())?.title, 'a1');
    await month.watch(7);

    // The fourth: approved, then no line for a week; a withdrawal in it is known when the line is back.
    month.leap(month.at(18, 10));
    const fourth = await month.told(() => month.distribute(3, [month.item('h1'), month.item('h2')]));
    assert.equal(await month.told(() => month.approve(fourth)), 200);
    month.proxy.set('reset');
    month.leap(month.at(22, 10));
    await month.watch(7);
    await month.withdraw('h2');
    const second = { sha256: film.h2, known: Infinity };
    facts.withdrawn.push(second);
    month.leap(month.at(25, 10));
    await month.watch(7);
    month.proxy.set('pass');
    const back = clock.now();
    await month.settled('the withdrawal to be known', ({ reason }) => reason === 'withdrawn');
    second.known = clock.now();
    await month.watch(7);

    // After the last period nothing provided plays.
    month.leap(month.at(28, 0, -4000));
    await month.watch(9);

    const all = await month.plays();
    month.proxy.close();
    // The seconds in which news was on its way prove nothing: the kiosk may or may not have known.
    const known = (play) => !(play.start >= withdrawn.known - 5000 && play.start < withdrawn.known) &&
      !(play.start >= back && play.start < second.known) && !(play.start >= third.known - 60 * 1000 && play.start < third.known);
    const counts = new Oracle(facts).check(all.filter(known));
    for (const reason of ['scheduled', 'unapproved', 'withdrawn']) assert.ok(counts[reason] >= 3, `${reason}: ${counts[reason]}`);
    assert.ok((counts.no_programme ?? 0) + (counts.expired ?? 0) >= 2, JSON.stringify(counts));
    const within = (programme) => all.filter((play) => play.start >= programme.from && play.start < programme.to);
    assertAllShown(within(first), [0, 1, 2]);
    for (const programme of facts.programmes.slice(1)) assertAllShown(within(programme), programme.items.map((_, i) => i));
    console.log(`${all.length} plays: ${JSON.stringify(counts)}`);
  });
});
