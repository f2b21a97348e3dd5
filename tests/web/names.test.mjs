// Patients' names: staff put them beside numbers and correct them, by mouse and by keyboard; nobody else reads one,
// anywhere, and at midnight they are gone. The real cloud in a real Chromium. MACHIAI_CLOUD names the built machiai-cloud.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Browser, Clinic, PAYMENT, QUEUE, SETTINGS, SIZES, pictures } from './clinic.mjs';

const DAY = 86400000, JST = 9 * 3600000;
const MARK = '標識山印子'; // one that nothing else here has

let clinic;
let browser;
before(async () => {
  SETTINGS.rooms = [...['第1診察室(内科・呼吸器)', '第2診察室(循環器内科)', '処置室・採血室(2階)'].map((name, i) => ({ id: `room-${i + 1}`, desk_no: 1, name, reading: 'へや' })), SETTINGS.rooms.at(-1)];
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD, { awake: true });
  browser = await Browser.open();
});
beforeEach(() => clinic.clear());
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

async function console_(viewport = { width: 1180, height: 820 }) {
  const page = await browser.page({ viewport });
  await page.context().addCookies([await clinic.cookie('sato')]);
  await page.goto(`${clinic.url}/staff/`);
  await page.locator('.console').waitFor();
  return page;
}
const row = (page, ticket) => page.locator(`[data-ticket="${ticket.ticket}"]`);
const nameOf = (ticket) => `/api/v1/sites/${clinic.site}/tickets/${ticket.ticket}/name`;
const put = (ticket, name, headers = clinic.staff) => clinic.api('PUT', nameOf(ticket), { name }, headers);
const field = (page) => page.getByRole('dialog').getByLabel(/^お名前/);

test('by keyboard: a name is given, found, corrected and removed, and a colleague sees it', async () => {
  const ticket = await clinic.ticket(), [page, colleague] = [await console_(), await console_()];
  await row(page, ticket).focus();
  await page.keyboard.press('Enter');
  const opener = row(page, ticket).getByRole('button', { name: /お名前$/ });
  await opener.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: `${ticket.number}番の方のお名前を入れますか` }).waitFor();
  await field(page).focus();
  await page.keyboard.insertText('山田 太郎');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  for (const one of [page, colleague]) await row(one, ticket).getByText('山田 太郎 様').waitFor();
  assert.ok(await opener.evaluate((one) => document.activeElement === one), 'the focus returns');

  const other = await clinic.ticket();
  await row(page, other).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement?.type === 'search');
  await page.keyboard.insertText('山田太'); // whatever the spaces
  await row(page, other).waitFor({ state: 'detached' });
  assert.equal(await row(page, ticket).count(), 1);
  await page.keyboard.press('Escape');
  await row(page, other).waitFor();

  for (const [words, button, shown] of [['山口 太郎', 'お名前を変える', '山口 太郎 様'], ['', 'お名前を消す', '']]) {
    if (!await opener.isVisible()) await row(page, ticket).getByRole('button', { name: /の操作を開く$/ }).click();
    await opener.click();
    assert.notEqual(await field(page).inputValue(), '');
    await field(page).fill(words);
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    if (shown) for (const one of [page, colleague]) await row(one, ticket).getByText(shown).waitFor();
    else for (const one of [page, colleague]) await row(one, ticket).locator('.person').waitFor({ state: 'detached' });
  }
  await page.context().close();
  await colleague.context().close();
});

test('an Enter that ends a word of the input method sends nothing', async () => {
  const ticket = await clinic.ticket(), page = await console_();
  await row(page, ticket).getByRole('button', { name: /の操作を開く$/ }).click();
  await row(page, ticket).getByRole('button', { name: /お名前$/ }).click();
  await field(page).fill('やまだ');
  await field(page).dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await field(page).fill('山田');
  await field(page).press('Enter');
  await row(page, ticket).getByText('山田 様').waitFor();
  await page.context().close();
});

test('a number is added with a name, at the desk and by telephone; it stands beside the number where it is called', async () => {
  const page = await console_();
  for (const [way, name] of [['窓口', '𠮷田 花子'], ['電話(来院はこれから)', 'サトウ ケンイチロウ']]) {
    await page.getByRole('button', { name: '番号を追加する' }).first().click();
    await page.getByLabel(way, { exact: true }).check();
    await field(page).fill(`  ${name} `);
    if (way === '窓口') await pictures(page, 'names-add');
    await page.getByRole('dialog').getByRole('button', { name: '番号を追加する' }).click();
    await page.locator('.row').getByText(`${name} 様`).waitFor();
    await page.waitForTimeout(1100); // sooner a second press is the same press
  }
  const { tickets } = await clinic.view();
  const ticket = tickets.find((one) => one.name === '𠮷田 花子');
  assert.equal(tickets.find((one) => one.name === 'サトウ ケンイチロウ').state, 'reserved');
  const long = await clinic.ticket('first');
  await put(long, 'Maria Aparecida de Oliveira Nascimento dos Santos');
  await clinic.call(ticket);
  await clinic.call(long, 'room-2');
  for (const one of ['𠮷田 花子 様', 'Maria Aparecida de Oliveira Nascimento dos Santos 様']) await page.locator('.called').getByText(one).waitFor();
  await pictures(page, 'names-called');
  for (const size of Object.values(SIZES)) {
    await page.setViewportSize(size);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${size.width}: nothing overflows`);
  }
  await page.setViewportSize({ width: 1440, height: 900 }); // with the menu beside the list
  await page.getByRole('button', { name: '日報' }).first().click();
  await page.getByRole('columnheader', { name: 'お名前' }).waitFor();
  await page.getByRole('row').filter({ hasText: '𠮷田 花子 様' }).waitFor();
  await pictures(page, 'names-sheet');
  await page.context().close();
});

test('three calls to rooms with long names: the large button covers the buttons of none', async () => {
  const page = await console_();
  for (let i = 0; i < 3; i++) {
    const ticket = await clinic.ticket();
    if (i === 1) await put(ticket, '山田 太郎');
    await clinic.call(ticket, `room-${i + 1}`);
  }
  await clinic.ticket();
  await page.locator('.called').nth(2).waitFor();
  await page.locator('.called .person').waitFor();
  for (const viewport of [{ width: 1180, height: 820 }, { width: 1024, height: 768 }, SIZES.tablet, SIZES.phone]) {
    await page.setViewportSize(viewport);
    await page.waitForTimeout(200);
    const free = await page.evaluate(() => [...document.querySelectorAll('.own .three button')].map((one) => { const at = one.getBoundingClientRect(); return one.contains(document.elementFromPoint(at.x + at.width / 2, at.bottom - 3)); }));
    assert.deepEqual(free, Array(9).fill(true), JSON.stringify(viewport));
  }
  await page.context().close();
});

test('what is no name is refused, and said at the field; what was typed stays', async () => {
  const ticket = await clinic.ticket(), page = await console_();
  await row(page, ticket).getByRole('button', { name: /の操作を開く$/ }).click();
  await row(page, ticket).getByRole('button', { name: /お名前$/ }).click();
  await field(page).fill('あ'.repeat(51));
  await page.getByRole('alert').getByText('50文字までにしてください(いま51文字)').waitFor();
  await pictures(page, 'names-long');
  await page.getByRole('button', { name: 'お名前を入れる' }).click();
  assert.equal([...await field(page).inputValue()].length, 51);
  await page.context().setOffline(true);
  await field(page).fill('山田');
  await page.getByRole('button', { name: 'お名前を入れる' }).click();
  await page.getByRole('alert').getByText('つながりませんでした').waitFor();
  assert.equal(await field(page).inputValue(), '山田');
  await page.context().close();
  for (const bad of ['あ'.repeat(51), '山\n田', '山\u0007田', '山\u0085田', '山\u2028田', '\u202e山', '', '  ', 'あ'.repeat(400), 7, null, ['山']]) {
    const { status, data } = await put(ticket, bad);
    assert.deepEqual([status, data.error, data.field], [400, 'bad_request', 'name'], JSON.stringify(bad));
  }
  for (const good of ['あ'.repeat(50), '𠮷'.repeat(50), '葛\u{e0100}', 'か\u3099']) assert.equal((await put(ticket, good)).status, 204, good);
  assert.equal((await clinic.find(ticket)).name, 'か\u3099');
  assert.equal((await put({ ticket: randomUUID() }, '山田')).status, 404);
});

/** What a stream says first. */
function begun(where, headers) {
  return new Promise((done, fail) => {
    const request = https.request(clinic.url + where, { agent: clinic.agent, headers }, (answer) => {
      answer.setEncoding('utf8').once('data', (text) => { request.destroy(); done(text); });
    });
    request.on('error', fail).end();
  });
}

test('nobody but the staff reads a name: not patients, devices, contractor, operator, record, log', async () => {
  const device = await clinic.enrol('受付機'), ticket = randomUUID();
  const { status, data } = await clinic.api('POST', `/api/v1/queues/${QUEUE}/tickets`, { ticket, service: 'return', name: MARK }, clinic.staff);
  assert.equal(status, 201);
  assert.ok(!JSON.stringify(data).includes(MARK), 'the answer is for slips too');
  assert.equal((await put(data, `${MARK}様子`)).status, 204);
  await clinic.call(data);
  await clinic.act('ticket_transferred', data, { desk: 2 });
  await clinic.act('slip_requested', data);
  assert.ok(JSON.stringify(await clinic.view()).includes(MARK));
  assert.ok((await begun(`/api/v1/sites/${clinic.site}/events`, clinic.staff)).includes(MARK));

  await Promise.all(['minato', 'nishi'].map((user) => clinic.cookie(user)));
  const { minato, nishi } = clinic.sessions, site = `/api/v1/sites/${clinic.site}`;
  const seen = [];
  const read = async (where, headers) => { const answer = await clinic.api('GET', where, undefined, headers); seen.push([where, answer.status, JSON.stringify(answer.data)]); };
  for (const queue of [QUEUE, PAYMENT]) await read(`/api/v1/queues/${queue}`);
  for (const where of [`/api/v1/tickets/${data.code}`, '/api/v1/clinics?search=みなと'.replace('みなと', encodeURIComponent('みなと'))]) await read(where);
  for (const headers of [device, clinic.staff]) await read(`/api/v1/queues/${PAYMENT}/tickets/${ticket}`, headers);
  for (const where of ['/api/v1/device', '/api/v1/device/snapshot']) await read(where, device);
  for (const where of [`${site}/queue`, `${site}/acts`, `${site}/audit`, `${site}/contract`]) await read(where, minato);
  for (const where of ['/api/v1/audit', `${site}/audit`]) await read(where, nishi);
  for (const where of [`/api/v1/queues/${QUEUE}/events`, `/api/v1/queues/${PAYMENT}/events`]) seen.push([where, 200, await begun(where, {})]);
  seen.push(['device events', 200, await begun('/api/v1/device/events?after=0', device)]);
  for (const [where, code, text] of seen) {
    assert.equal(code, 200, where);
    assert.ok(!text.includes(MARK), where);
  }
  for (const headers of [minato, nishi, device, {}]) {
    for (const method of ['PUT', 'DELETE']) assert.ok([401, 403].includes((await clinic.api(method, nameOf(data), method === 'PUT' ? { name: 'x' } : undefined, headers)).status));
  }
  assert.equal((await clinic.find(data)).name, `${MARK}様子`);
  const refused = await clinic.api('POST', `/api/v1/queues/${QUEUE}/tickets`, { ticket: randomUUID(), service: 'return', name: MARK }, device);
  assert.deepEqual([refused.status, refused.data.field], [400, 'name']);

  const pages = await browser.page();
  for (const where of [`/q/${QUEUE}`, `/q/${PAYMENT}`, `/t/${data.code}`]) {
    await pages.goto(clinic.url + where);
    await pages.getByRole('status').first().waitFor({ state: 'attached' }); // drawn from the view
    assert.ok(!(await pages.content()).includes(MARK), where);
  }
  await pages.context().close();
  assert.ok(!clinic.log.includes(MARK), 'the log');
});

test('numbers are added at the desk whatever the hours are, with a hint', async () => {
  const opening = `/api/v1/sites/${clinic.site}/opening`;
  const hours = (week) => clinic.api('PUT', opening, { hours: { week: Array.from({ length: 7 }, () => week), closed: [], exceptions: [] } }, clinic.staff);
  assert.equal((await hours([null, null, null])).status, 200);
  const device = await clinic.enrol('受付機'), page = await console_();
  await page.getByText('本日は休診').waitFor();
  assert.equal((await clinic.api('POST', `/api/v1/queues/${QUEUE}/tickets`, { ticket: randomUUID(), service: 'return' }, device)).data.error, 'closed');
  await page.getByRole('button', { name: '番号を追加する' }).first().click();
  await page.getByRole('dialog').getByText('ただいまは受付時間ではありません').waitFor();
  await pictures(page, 'names-outside');
  await field(page).fill('時間外 一郎');
  await page.getByRole('dialog').getByRole('button', { name: '番号を追加する' }).click();
  await page.locator('.row').getByText('時間外 一郎 様').waitFor();
  await page.getByRole('button', { name: /^次の方を呼ぶ/ }).first().click();
  await page.locator('.called').getByText('時間外 一郎 様').waitFor();
  assert.equal((await hours([[0, 1439], null, null])).status, 200);
  await page.context().close();
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));

/** Everything that the cloud has written. */
function bytes(folder = clinic.data) {
  return readdirSync(folder, { withFileTypes: true }).map((one) => (one.isDirectory() ? bytes(path.join(folder, one.name)) : readFileSync(path.join(folder, one.name), 'latin1'))).join('');
}

test('a name is in the export of the day, and at midnight it is gone: from the console and from the disk', async () => {
  const ticket = await clinic.ticket(), found = Buffer.from(MARK).toString('latin1');
  await put(ticket, MARK);
  const file = path.join(clinic.dir, 'site.tar');
  await clinic.admin('site', 'export', file, '--site', clinic.site);
  assert.ok(readFileSync(file, 'latin1').includes(found));
  assert.ok(bytes().includes(found));
  const now = clinic.clock.now();
  clinic.clock.leap(Math.floor((now + JST) / DAY + 1) * DAY - JST + 60000);
  clinic.staff = await clinic.logIn('suzuki');
  const named = async () => JSON.stringify(await clinic.view()).includes(MARK);
  for (let i = 0; i < 200 && await named(); i++) await new Promise((go) => { setTimeout(go, 1000); });
  assert.equal(await named(), false);
  assert.equal(await clinic.end(), 0, clinic.log); // its end writes the log of the database back
  assert.ok(!bytes().includes(found), 'no byte of it is left');
});
