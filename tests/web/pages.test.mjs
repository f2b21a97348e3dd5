// The pages against the real cloud in a real Chromium. MACHIAI_CLOUD names the built machiai-cloud.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Browser, Clinic, PASSWORD, PAYMENT, QUEUE, logIn } from './clinic.mjs';

let clinic;
let browser;
before(async () => {
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD);
  browser = await Browser.open();
});
beforeEach(() => clinic.clear());
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

async function open(path, user, options) {
  const page = await browser.page(options);
  await page.context().addCookies([await clinic.cookie(user)]);
  await page.goto(clinic.url + path);
  return page;
}
async function console_(options) {
  const page = await open('/staff/', 'sato', options);
  await page.locator('.console').waitFor();
  return page;
}
const next = (page) => page.getByRole('button', { name: /^次の方を呼ぶ/ }).first();
const row = (page, ticket) => page.locator(`[data-ticket="${ticket.ticket}"]`);
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });
const done = (page) => page.context().close();

test('a wrong log-in: one answer for every mismatch, the focus on it, the password gone', async () => {
  const page = await browser.page();
  const answers = [];
  for (const [user, password] of [['sato', 'wrong-password'], ['nobody', PASSWORD]]) {
    await logIn(page, `${clinic.url}/staff/`, user, password);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    answers.push(await alert.innerText());
    assert.equal(await alert.evaluate((one) => document.activeElement === one), true);
    assert.equal(await page.getByLabel('ユーザーID').inputValue(), user);
    assert.equal(await page.getByLabel('パスワード').inputValue(), '');
    assert.match(await page.title(), /^ログインできませんでした/);
  }
  assert.equal(answers[0], answers[1]);
  await done(page);
});

test('the right log-in opens the console, and logging out closes it', async () => {
  const page = await browser.page();
  await logIn(page, `${clinic.url}/staff/`, 'sato');
  await page.locator('.console').waitFor();
  assert.match(await page.locator('h1').innerText(), /みなと内科クリニック/);
  await page.getByRole('button', { name: '佐藤さんのメニュー' }).click();
  await page.getByRole('button', { name: 'ログアウトする' }).click();
  await page.getByLabel('ユーザーID').waitFor();
  await page.reload();
  await page.getByLabel('ユーザーID').waitFor();
  await done(page);
});

test('what staff cannot see in the list is told until somebody says that it is seen', async () => {
  const report = await clinic.device('裏口の受付機');
  await report('none', { log: 'not_understood' });
  const page = await console_();
  const notice = page.locator('.notices li').filter({ hasText: '裏口の受付機が、サーバーの新しい記録を読めません' });
  await notice.waitFor();
  assert.match(await notice.innerText(), /英字つきの番号で受付を続けています/);
  if (process.env.MACHIAI_PICTURES) await page.screenshot({ path: `${process.env.MACHIAI_PICTURES}/notices.png` });
  await notice.getByRole('button', { name: '確認しました' }).click();
  await notice.waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('.console').waitFor();
  assert.equal(await notice.count(), 0);
  await done(page);
});

test('staff do not get into the contractor’s page', async () => {
  const page = await browser.page();
  await logIn(page, `${clinic.url}/programme/`, 'sato');
  assert.match(await page.getByRole('alert').innerText(), /このユーザーIDでは開けません/);
  await done(page);
});

test('calling the next from the console changes the patient page in another tab within a second', async () => {
  const ticket = await clinic.ticket();
  const page = await console_();
  const patient = await browser.page({ viewport: { width: 390, height: 844 } });
  await patient.goto(`${clinic.url}/q/${QUEUE}`);
  await patient.getByText('お待ちの方').waitFor();
  await next(page).click();
  const from = Date.now();
  await patient.locator('.calling .number', { hasText: new RegExp(`^${ticket.number}$`) }).waitFor({ timeout: 1000 });
  assert.ok(Date.now() - from < 1000);
  await patient.getByText('第1診察室へお入りください').waitFor();
  await patient.waitForFunction((number) => document.title.startsWith(`${number}番 お呼びしています`), ticket.number);
  assert.match(await patient.locator('[role=status]').last().textContent(), new RegExp(`${ticket.number}番`));
  await done(page);
  await done(patient);
});

test('pressing twice within a second calls once', async () => {
  const tickets = [await clinic.ticket(), await clinic.ticket(), await clinic.ticket()];
  const page = await console_();
  // The second press comes when the button already shows the next number.
  await next(page).evaluate((button) => { button.click(); setTimeout(() => button.click(), 500); });
  await sleep(2000);
  const states = await Promise.all(tickets.map(async (one) => (await clinic.find(one)).state));
  assert.deepEqual(states, ['called', 'waiting', 'waiting']);
  assert.equal((await clinic.find(tickets[0])).calls, 1);
  await done(page);
});

test('an answer that was lost: pressing again does not call twice', async () => {
  const tickets = [await clinic.ticket(), await clinic.ticket()];
  const page = await console_();
  await page.route('**/api/v1/sites/*/events', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    await route.fetch(); // it arrives, but its answer does not
    return route.abort();
  }, { times: 1 });
  await next(page).click();
  await page.getByText('つながりませんでした').waitFor();
  assert.equal((await clinic.find(tickets[0])).state, 'called');
  assert.equal((await clinic.find(tickets[1])).state, 'waiting');
  await done(page);
});

test('who says that they will be late is shown so, until they are called in', async () => {
  const ticket = await clinic.ticket();
  const page = await console_();
  await row(page, ticket).waitFor();
  const { status } = await clinic.api('POST', `/api/v1/tickets/${ticket.code}/late`, {});
  assert.ok(status < 300, `late: ${status}`);
  await row(page, ticket).getByText('遅れます').waitFor();
  await row(page, ticket).getByText(/\d+:\d\dに遅れると連絡/).waitFor();
  await clinic.act('ticket_in_room', ticket);
  await row(page, ticket).getByText('遅れます').waitFor({ state: 'detached' });
  await done(page);
});

test('a colleague was first: it is said, and nobody is called a second time', async () => {
  const [first, second] = [await clinic.ticket(), await clinic.ticket()];
  const page = await console_();
  await page.route('**/api/v1/sites/*/events', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    await clinic.call(first, 'room-2');
    return route.continue();
  }, { times: 1 });
  await next(page).click();
  await page.getByText(`ほかの方が先に${first.number}番を操作しました`).waitFor();
  const words = page.locator('.undo [role=alert] p');
  assert.equal(await words.innerText(), `${first.number}番はいま「呼出中」です。次は${second.number}番です。`, 'from the first on: it is read aloud once');
  const after = await clinic.find(first);
  assert.deepEqual([after.calls, after.room], [1, 'room-2']);
  await done(page);
});

test('元に戻す takes the last act back, and goes away when it would be refused', async () => {
  const ticket = await clinic.ticket();
  const page = await console_();
  await next(page).click();
  await page.getByText(`${ticket.number}番を第1診察室へ呼びました`).first().waitFor();
  await page.getByRole('button', { name: '元に戻す' }).click();
  await page.getByText('元に戻しました').first().waitFor();
  assert.equal((await clinic.find(ticket)).state, 'waiting');
  await page.getByRole('button', { name: '元に戻す' }).waitFor({ state: 'detached' });
  await sleep(1000);
  await next(page).click();
  await page.getByRole('button', { name: '元に戻す' }).waitFor();
  await clinic.act('ticket_in_room', ticket);
  await page.getByRole('button', { name: '元に戻す' }).waitFor({ state: 'detached' });
  await done(page);
});

test('the acts of a called number: 再呼出, 入室, 会計へ, and at the payment desk 呼ぶ and 終了', async () => {
  const ticket = await clinic.ticket();
  const page = await console_();
  const press = async (name) => { await page.getByRole('button', { name: `${ticket.number}番 ${name}` }).first().click(); };
  const state = async (wanted) => {
    for (let i = 0; i < 40 && (await clinic.find(ticket)).state !== wanted; i++) await sleep(50);
    assert.equal((await clinic.find(ticket)).state, wanted);
  };
  await next(page).click();
  await state('called');
  await press('再呼出');
  await page.getByText('をもう一度呼びました').first().waitFor();
  assert.equal((await clinic.find(ticket)).calls, 2);
  await press('入室');
  await state('in_room');
  await press('会計へ');
  await state('to_pay');
  await press('呼ぶ');
  await state('called');
  assert.equal((await clinic.find(ticket)).room, 'pay');
  await row(page, ticket).getByRole('button', { name: `${ticket.number}番の操作を開く` }).click();
  await page.getByRole('group', { name: `${ticket.number}番の操作` }).getByRole('button', { name: `${ticket.number}番 終了` }).click();
  await state('done');
  await done(page);
});

test('the keys: F2 calls, arrows move, letters act on the row, a typed number is found', async () => {
  const [one, two, three] = [await clinic.ticket(), await clinic.ticket(), await clinic.ticket()];
  const page = await console_();
  await page.keyboard.press('F2');
  await row(page, one).getByText('呼出中').waitFor();
  await row(page, two).focus();
  await page.keyboard.press('ArrowDown');
  assert.equal(await row(page, three).evaluate((li) => li === document.activeElement), true);
  await page.keyboard.press('h');
  await row(page, three).getByText('保留').first().waitFor();
  await page.keyboard.type(two.number);
  await page.keyboard.press('Enter');
  assert.equal(await row(page, two).evaluate((li) => li === document.activeElement), true);
  await page.keyboard.press('x');
  const dialog = page.getByRole('dialog', { name: `${two.number}番を取り消しますか` });
  await dialog.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '取り消さない');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await row(page, two).evaluate((li) => li === document.activeElement), true);
  assert.equal((await clinic.find(two)).state, 'waiting');
  await page.keyboard.press('x');
  await page.getByRole('button', { name: `${two.number}番を取り消す` }).click();
  await row(page, two).waitFor({ state: 'detached' });
  assert.equal((await clinic.find(two)).state, 'cancelled');
  await page.keyboard.press('Shift+Slash');
  await page.getByRole('dialog', { name: 'キーの一覧' }).waitFor();
  await done(page);
});

test('no paper: an orange alarm that 音を止める silences and new paper takes away', async () => {
  const status = await clinic.device('受付機1');
  await status('none');
  const page = await console_();
  await page.locator('.devices li', { hasText: '受付機1' }).getByText('正常').waitFor();
  await status('media-empty-error');
  const alarm = page.getByRole('alert').filter({ hasText: '受付機1の用紙がなくなりました' });
  await alarm.waitFor();
  await page.waitForFunction(() => document.title.startsWith('用紙切れ'));
  await page.keyboard.press('F9');
  await alarm.getByText('音を止めました').waitFor();
  await status('none');
  await alarm.waitFor({ state: 'detached' });
  await done(page);
});

test('a message and a pause reach the patients, the pause without its cause', async () => {
  const page = await console_();
  const patient = await browser.page({ viewport: { width: 390, height: 844 } });
  await patient.goto(`${clinic.url}/q/${QUEUE}`);
  await page.getByRole('button', { name: '佐藤さんのメニュー' }).click();
  await page.getByRole('button', { name: 'お知らせ文' }).click();
  await page.getByLabel('医院からのお知らせ文').fill('11時から30分ほど\n診察をお休みします。');
  await page.getByRole('button', { name: 'お知らせ文を出す' }).click();
  await patient.getByText('診察をお休みします。').waitFor();
  await page.getByRole('button', { name: '受付を止める' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '受付を止める' }).click();
  await patient.getByText('ただいまこちらでは受付できません').waitFor();
  assert.doesNotMatch(await patient.locator('body').innerText(), /停止|止めて/);
  await page.getByRole('button', { name: '受付を再開する' }).click();
  await patient.getByText('ただいまこちらでは受付できません').waitFor({ state: 'detached' });
  await clinic.act('message', null, { text: '' });
  await patient.getByText('診察をお休みします。').waitFor({ state: 'detached' });
  await done(page);
  await done(patient);
});

test('a number added at the desk stands in the list', async () => {
  const page = await console_();
  await page.getByRole('button', { name: '番号を追加する' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('はじめて').check();
  await dialog.getByLabel('電話').check();
  await dialog.getByRole('button', { name: '番号を追加する' }).click();
  await page.locator('.row').getByText('電話で予約').waitFor();
  await page.locator('.row').getByText('はじめて').waitFor();
  const booked = (await clinic.view()).tickets.find((one) => one.channel === 'phone' && one.state === 'reserved');
  assert.ok(booked, 'who telephones is not here yet');
  await clinic.act('ticket_cancelled', booked);
  await done(page);
});

test('a number that is not given: why, and what helps', async () => {
  const page = await console_();
  const service = (act) => clinic.admin('site', act, '--site', clinic.site, '--service', 'reservation', ...(act === 'suspend' ? ['--cause', '確認中'] : []));
  await service('suspend');
  await page.getByRole('button', { name: '番号を追加する' }).first().click();
  await page.getByRole('dialog').getByLabel('再診').check();
  await page.getByRole('dialog').getByRole('button', { name: '番号を追加する' }).click();
  await page.getByText('順番受付サービスが止まっています').waitFor({ timeout: 10000 });
  await service('resume');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('.undo').getByRole('button', { name: '閉じる' }).click();
  await done(page);
});

test('the holder’s page: before, called, thanks', async () => {
  const [first, mine] = [await clinic.ticket(), await clinic.ticket()];
  const page = await browser.page({ viewport: { width: 390, height: 844 } });
  await page.goto(`${clinic.url}/t/${mine.code}`);
  await page.getByRole('heading', { name: 'あなたの前に1人' }).waitFor();
  await page.waitForFunction((number) => document.title.startsWith(`${number}番 あなたの前に1人`), mine.number);
  await clinic.call(first);
  await page.getByText('まもなくお呼びします').waitFor();
  await clinic.call(mine, 'room-2');
  await page.getByRole('heading', { name: 'お呼びしています' }).waitFor();
  await page.getByText('第2診察室へお入りください').waitFor();
  assert.match(await page.title(), new RegExp(`^${mine.number}番 お呼びしています`));
  await clinic.act('ticket_absent', mine);
  await page.getByText('受付へお声が\u2060けください').first().waitFor();
  assert.doesNotMatch(await page.locator('body').innerText(), /不在/);
  await clinic.act('ticket_transferred', mine, { desk: 2 });
  await page.getByText('お会計の順番をお待ちください').first().waitFor();
  await clinic.call(mine, 'pay', 2);
  await page.getByText('会計へお越しください').waitFor();
  await clinic.act('ticket_done', mine);
  await page.getByText('ありがとうございました').first().waitFor();
  await done(page);
});

test('terms 12: why a service is suspended, the contractor reads and staff do not', async () => {
  await clinic.admin('site', 'suspend', '--site', clinic.site, '--service', 'video', '--cause', '利用料のお支払いの確認');
  const staff = await console_(), owner = await open('/programme/', 'minato');
  await staff.getByText('番組サービスの提供を停止しています').waitFor();
  await owner.getByText('番組サービスの提供を停止しています').waitFor();
  await owner.getByText('理由: 利用料のお支払いの確認').waitFor();
  if (process.env.MACHIAI_PICTURES) {
    await staff.screenshot({ path: `${process.env.MACHIAI_PICTURES}/suspended-staff.png` });
    await owner.screenshot({ path: `${process.env.MACHIAI_PICTURES}/suspended-contractor.png` });
  }
  assert.doesNotMatch(await staff.locator('body').innerText(), /お支払い/);
  assert.doesNotMatch(JSON.stringify(await clinic.view()), /お支払い/);
  const { status, data } = await clinic.api('GET', `/api/v1/sites/${clinic.site}/programmes`, undefined, clinic.staff);
  assert.deepEqual([status, data.error], [403, 'forbidden']);
  await clinic.admin('site', 'resume', '--site', clinic.site, '--service', 'video');
  await owner.reload();
  await owner.locator('main.contractor').getByRole('heading').first().waitFor();
  assert.equal(await owner.getByText('停止しています').count(), 0);
  await staff.getByText('番組サービスの提供を再開しました').waitFor();
  await done(staff);
  await done(owner);
});

test('which slip is valid after a reissue: the holder’s page and the list', async () => {
  const ticket = await clinic.ticket();
  const page = await browser.page({ viewport: { width: 390, height: 844 } });
  await page.goto(`${clinic.url}/t/${ticket.code}`);
  await page.getByText('待合室の順番を見る').waitFor();
  assert.equal(await page.getByText('再発行').count(), 0);
  await clinic.act('slip_requested', ticket);
  await clinic.act('slip_requested', ticket);
  await page.reload();
  await page.getByText('「再発行 2回目」の番号票だけが有効です').waitFor();
  if (process.env.MACHIAI_PICTURES) await page.screenshot({ path: `${process.env.MACHIAI_PICTURES}/reissued.png`, fullPage: true });
  const staff = await console_();
  await row(staff, ticket).getByText('再発行2回目の番号票が有効').waitFor();
  await clinic.act('ticket_done', ticket);
  await page.getByText('ありがとうございました').first().waitFor();
  assert.equal(await page.getByText('再発行').count(), 0, 'over: no slip is needed');
  await done(page);
  await done(staff);
});

test('an unknown queue and an unknown slip get a kind page', async () => {
  const page = await browser.page({ viewport: { width: 390, height: 844 } });
  await page.goto(`${clinic.url}/q/9999-9`);
  await page.getByText('この情報番号の医院は見つかりません').waitFor();
  await page.goto(`${clinic.url}/t/AAAAAAAAAAAAAAAA`);
  await page.getByText('この番号票のページは見つかりません').waitFor();
  await done(page);
});

test('seven languages, remembered, and the room also as it stands on its door', async () => {
  const ticket = await clinic.ticket();
  await clinic.call(ticket);
  const page = await browser.page({ viewport: { width: 390, height: 844 } });
  await page.goto(`${clinic.url}/q/${QUEUE}`);
  const names = [['English', 'en', 'Please go to Room 1'], ['简体中文', 'zh-Hans', '请进入Room 1'], ['한국어', 'ko', 'Room 1'], ['Tiếng Việt', 'vi', 'Mời vào Room 1'],
    ['Português', 'pt', 'Room 1'], ['やさしい日本語', 'ja', 'いま よんでいます'], ['日本語', 'ja', 'お呼びしています']];
  for (const [name, lang, words] of names) {
    await page.locator('.languages > button').click();
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByText(words).first().waitFor();
    await page.waitForFunction((wanted) => document.documentElement.lang === wanted, lang);
    if (name === 'English') {
      await page.getByText('第1診察室').first().waitFor();
      await page.reload();
      await page.getByText(words).waitFor();
    }
    if (name === 'やさしい日本語') assert.ok(await page.locator('ruby rt').count() > 3);
  }
  await done(page);
  const abroad = await browser.page({ locale: 'vi-VN' });
  await abroad.goto(`${clinic.url}/q/${QUEUE}`);
  await abroad.getByText('Đang gọi').waitFor();
  await done(abroad);
});

test('the contractor plays a film, approves as an act of its own, and reads who did when', async () => {
  const programme = await clinic.programme(2 * 86400000);
  const page = await open('/programme/', 'minato', { viewport: { width: 1280, height: 900 } });
  await page.getByText('あと2日です').waitFor();
  await page.getByText('ひとつも流れません。').waitFor();
  await page.waitForFunction(() => document.querySelector('.still img')?.naturalWidth > 0);
  await page.getByRole('button', { name: '手を洗いましょうを再生する' }).click();
  await page.waitForFunction(() => document.querySelector('.player video')?.currentTime > 0.1);
  await page.getByText('見ました', { exact: true }).waitFor();
  await page.getByRole('button', { name: '再生をやめる' }).click();
  const state = async () => (await clinic.admin('programme', 'list', '--site', clinic.site)).programmes.find((one) => one.id === programme);
  await page.getByRole('button', { name: 'この番組表を承認する' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'まだ承認しない');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal((await state()).approved, 0);
  await page.getByRole('button', { name: 'この番組表を承認する' }).click();
  await dialog.getByRole('button', { name: '承認する' }).click();
  await page.getByText('承認しました', { exact: true }).waitFor();
  await page.getByText(/に医療法人みなと会が承認しました。/).waitFor();
  assert.ok((await state()).approved > 0);
  await done(page);
});

test('a deadline that passes while the page is open is said plainly', async () => {
  await clinic.films(); // made beforehand: the deadline is near
  const deadline = Date.now() + 12000;
  await clinic.programme(12000, 20 * 86400000);
  const page = await browser.page({ viewport: { width: 1280, height: 900 } });
  await logIn(page, `${clinic.url}/programme/`, 'minato');
  await page.getByRole('button', { name: 'この番組表を承認する' }).waitFor();
  await page.getByRole('button', { name: 'この番組表を承認する' }).click();
  await sleep(Math.max(0, deadline + 500 - Date.now()));
  await page.getByRole('dialog').getByRole('button', { name: '承認する' }).click();
  await page.getByText(/までに承認されませんでした/).waitFor();
  await page.getByText('この期間の承認は、もうできません').waitFor();
  await done(page);
});

test('the index leads to the queue by its code', async () => {
  const page = await browser.page({ viewport: { width: 390, height: 844 } });
  await page.goto(`${clinic.url}/`);
  await page.getByRole('link', { name: /会計/ }).waitFor();
  await page.getByLabel('情報番号').fill('abc');
  await page.getByRole('button', { name: '順番を見る' }).click();
  await page.getByText('1024-1 のように').waitFor();
  await page.getByLabel('情報番号').fill('1024ー1'); // full width, as typed on a phone
  await page.getByRole('button', { name: '順番を見る' }).click();
  await page.waitForURL(`**/q/${QUEUE}`);
  await page.goto(`${clinic.url}/q/${PAYMENT}`);
  await page.getByText('お待ちの方はいません').waitFor();
  await done(page);
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
