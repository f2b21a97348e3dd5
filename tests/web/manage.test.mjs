// A site in the hands of its contractor and of the operator, against the real cloud in a real Chromium:
// people, devices, record, contract. MACHIAI_CLOUD names the built machiai-cloud; MACHIAI_PICTURES=DIR keeps
// pictures.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Browser, Clinic, PASSWORD, QUEUE, SETTINGS, SIZES, logIn, pictures } from './clinic.mjs';

const FRESH = 'hoshi-umi-5527-kawa';
const OVER_MS = 5000; // terms 33, design: revocation on open streams
let clinic;
let browser;
let contractor;
let operator;

before(async () => {
  SETTINGS.remote = { open: true };
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD);
  browser = await Browser.open();
  contractor = await open('/programme/#/manage', 'minato');
  operator = await open('/operator/', 'nishi');
});
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

const button = (page, name) => page.getByRole('button', { name });
const row = (page, name) => page.getByRole('row', { name });

async function open(where, user) {
  const page = await browser.page({ viewport: SIZES.pc });
  page.setDefaultTimeout(15000);
  await page.context().addCookies([await clinic.cookie(user)]);
  await page.goto(clinic.url + where);
  await page.locator('main').waitFor();
  return page;
}

async function staffConsole(user, password = PASSWORD) {
  const page = await browser.page();
  await logIn(page, `${clinic.url}/staff/`, user, password);
  await button(page, /^次の方を呼ぶ/).first().waitFor();
  return page;
}

/* The act; the console that stands open must be at the log-in form within 5 s. */
async function endsConsole(page, act) {
  const began = Date.now();
  await act();
  await page.getByText('ログインが終わりました').waitFor({ timeout: OVER_MS });
  assert.ok(Date.now() - began < OVER_MS);
  await page.context().close();
}

async function act(page, name, what, yes) {
  await button(row(page, name), `${name}の操作`).click();
  await button(page, what).click();
  const dialog = page.getByRole('dialog');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /ない$/, 'the focus starts on the harmless button');
  return button(dialog, yes);
}

test('terms 33: somebody is added by keyboard, chooses a password with the code, and calls numbers', async () => {
  await button(contractor, '利用者を加える').focus();
  await contractor.keyboard.press('Enter');
  const dialog = contractor.getByRole('dialog');
  await dialog.getByLabel('氏名').fill('田中');
  await dialog.getByLabel('ユーザーID').fill('sato');
  await button(dialog, 'この方を加える').click();
  await dialog.getByText('このユーザーIDは使われています').waitFor();
  await dialog.getByLabel('ユーザーID').fill('Tanaka');
  await pictures(contractor, 'crew-add');
  await button(dialog, 'この方を加える').press('Enter');
  const code = await contractor.locator('dialog .code').innerText();
  assert.match(code, /^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  await pictures(contractor, 'crew-code');
  await button(dialog, '控えたので閉じる').click();
  await row(contractor, '田中').getByText('パスワード未設定').waitFor();
  assert.equal((await clinic.api('POST', '/api/v1/passwords', { user: 'tanaka', code, new_password: FRESH })).status, 204);
  const page = await staffConsole('tanaka', FRESH);
  await contractor.reload();
  await row(contractor, '田中').getByText('使えます').waitFor();
  await button(row(contractor, '田中'), '田中の操作').click();
  await pictures(contractor, 'crew');
  await button(row(contractor, '田中'), '田中の操作').click();
  assert.equal(await button(row(contractor, '医療法人みなと会'), /の操作/).count(), 0, 'nobody changes his own account here');
  await endsConsole(page, async () => (await act(contractor, '田中', '契約の責任者に変える', '契約の責任者にする')).click());
  await contractor.getByText('田中さんを契約の責任者にしました').waitFor();
});

test('terms 33: a loss reported for somebody locks at once, a reset opens again, and who is removed is out within 5 s', async () => {
  const lost = await staffConsole('sato');
  await endsConsole(lost, async () => (await act(contractor, '佐藤', '紛失・盗難で止める', 'このユーザーIDを止める')).click());
  await row(contractor, '佐藤').getByText('止めています').waitFor();
  await (await act(contractor, '佐藤', '再設定コードを作る', '再設定コードを作る')).click();
  const code = await contractor.locator('dialog .code').innerText();
  await button(contractor, '控えたので閉じる').click();
  assert.equal((await clinic.api('POST', '/api/v1/passwords', { user: 'sato', code, new_password: FRESH })).status, 204);
  const back = await staffConsole('sato', FRESH);
  await endsConsole(back, async () => (await act(contractor, '佐藤', 'この施設から外す', 'この方を外す')).click());
  await row(contractor, '佐藤').waitFor({ state: 'detached' });
  assert.equal((await clinic.api('POST', '/api/v1/sessions', { user: 'sato', password: FRESH })).status, 401);
});

test('a device is revoked, and opens nothing any more', async () => {
  const device = await clinic.enrol('正面入口');
  await clinic.api('PUT', '/api/v1/device/status', { printer: 'none', version: 'test', clock: 'trusted', programme: '', downloaded: [], playing: '' }, device);
  await contractor.getByRole('link', { name: '端末', exact: true }).click();
  await row(contractor, '正面入口').getByText('つながっています').waitFor();
  await pictures(contractor, 'machines');
  await button(contractor, '正面入口を使えなくする').click();
  await pictures(contractor, 'machines-revoke');
  await button(contractor.getByRole('dialog'), 'この端末を使えなくする').click();
  await contractor.getByText('正面入口を使えなくしました').waitFor();
  await row(contractor, '正面入口').getByText('使えなくしました').waitFor();
  assert.equal((await clinic.api('GET', '/api/v1/device', undefined, device)).status, 401);
});

test('the board of a kiosk: what is bad and what nobody tells', async () => {
  const device = await clinic.enrol('二階');
  const status = (health) => clinic.api('PUT', '/api/v1/device/status', { printer: 'none', version: 'test', clock: 'trusted', programme: '', downloaded: [], playing: '', health }, device);
  const health = { voltage: null, celsius: 84, worn: null, reserve: null, fs_errors: 0, io_errors: null, clock: 'ntp', spaces: [{ mount: '/data/records', free_mb: 5200, size_mb: 8000, records: true }] };
  assert.equal((await status(health)).status, 200);
  await contractor.getByRole('link', { name: '端末', exact: true }).click();
  await contractor.reload();
  await row(contractor, '二階').getByText('高温').waitFor();
  for (const part of ['電圧 不明', '温度 84℃', 'カードのエラー 0件', '消耗 不明', '時計 時刻サーバー', '記録の空き 5200 MB']) await row(contractor, '二階').getByText(part, { exact: true }).waitFor();
  await pictures(contractor, 'machines-health');
  const staff = await staffConsole('suzuki');
  await staff.getByText('二階が熱くなっています').waitFor();
  assert.equal((await status({ ...health, celsius: 50 })).status, 200);
  await staff.getByText('二階が熱くなっています').waitFor({ state: 'detached' });
  await staff.close();
  assert.equal((await status({ ...health, celsius: 'hot' })).status, 400);
});

test('a new card takes the place of a device, once', async () => {
  const device = await clinic.enrol('待合');
  const secret = randomBytes(32).toString('base64url');
  const { data: { code } } = await clinic.api('POST', '/api/v1/devices/pair', { secret });
  await contractor.getByRole('link', { name: '端末', exact: true }).click();
  await contractor.reload();
  await button(row(contractor, '待合'), '待合のカードを換える').click();
  const dialog = contractor.getByRole('dialog');
  await dialog.getByLabel('登録コード').fill('ABCD-EFGH');
  await button(dialog, '引き継ぐ').click();
  await dialog.getByText('この登録コードの端末が見つかりません').waitFor();
  await pictures(contractor, 'machines-replace');
  await dialog.getByLabel('登録コード').fill(code.toLowerCase());
  await button(dialog, '引き継ぐ').click();
  await contractor.getByText('待合を引き継ぎました').waitFor();
  assert.equal((await clinic.api('GET', '/api/v1/device', undefined, device)).status, 200, 'the old one works until the new one is there');
  const fresh = await clinic.api('POST', '/api/v1/devices/enrol', { code: secret, name: 'kiosk', role: 'both', version: 'test' });
  assert.equal(fresh.status, 201);
  const old = await clinic.api('GET', '/api/v1/device', undefined, device);
  assert.deepEqual([old.status, old.data.error], [401, 'replaced']);
  await contractor.reload();
  await row(contractor, '待合').getByText('新しい端末に引き継ぎました').waitFor();
  const { data: { devices } } = await clinic.api('GET', `/api/v1/sites/${clinic.site}/devices`, undefined, clinic.sessions.minato);
  const [before, after] = devices.filter((one) => one.name === '待合');
  assert.equal(before.replaced_by, after.device);
  assert.notEqual(before.letter, after.letter);
});

test('the record tells who did what, by person, kind and day, page by page', async () => {
  const admin = clinic.sessions.minato;
  for (let i = 0; i < 60; i += 1) {
    const { status } = await clinic.api('PUT', `/api/v1/sites/${clinic.site}/people/suzuki`, { role: i % 2 ? 'staff' : 'contractor' }, admin);
    assert.equal(status, 204);
  }
  await contractor.getByRole('link', { name: '操作の記録' }).click();
  await contractor.getByText('鈴木を受付の方にしました').first().waitFor();
  const rows = () => contractor.locator('tbody tr').count();
  assert.equal(await rows(), 50);
  await pictures(contractor, 'audit');
  const seen = await contractor.locator('tbody tr').allInnerTexts();
  await button(contractor, '古い記録へ').press('Enter');
  await contractor.getByText('2ページ目').waitFor();
  await contractor.getByText('正面入口を使えなくしました').waitFor();
  assert.equal(await contractor.evaluate(() => document.activeElement.tagName), 'H1');
  await button(contractor, '新しい記録へ').click();
  await contractor.getByText('1ページ目').waitFor();
  await contractor.waitForFunction((first) => document.querySelector('tbody tr')?.innerText === first, seen[0]);
  const choose = async (label, option, count) => {
    await contractor.getByLabel(label, { exact: true }).selectOption({ label: option });
    await contractor.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n, count);
  };
  await choose('種類', '利用者を外す', 1);
  assert.match(await contractor.locator('tbody tr').innerText(), /医療法人みなと会[\s\S]*satoを外しました/);
  await choose('人・端末', '正面入口', 0);
  await contractor.getByText('この条件の記録はありません。').waitFor();
  await choose('種類', 'すべて', 3); // registered, no longer usable, by whom
  await contractor.getByLabel('終わりの日').fill('2001-01-01');
  await contractor.getByText('この条件の記録はありません。').waitFor();
  await contractor.getByLabel('始めの日').fill('2001-01-02');
  await contractor.getByText('終わりの日は、始めの日より後にします').waitFor();
});

test('the operator finds a site by its number and manages it too', async () => {
  const settings = path.join(clinic.dir, 'south.json');
  writeFileSync(settings, JSON.stringify({ ...SETTINGS, clinic_no: '2051', name: '南口クリニック' }));
  await clinic.admin('site', 'add', '--settings', settings);
  await operator.reload();
  await operator.getByRole('navigation').first().getByRole('link', { name: '施設', exact: true }).click();
  await row(operator, '南口クリニック').waitFor();
  await operator.getByLabel(/施設を探す/).fill('1024');
  await row(operator, '南口クリニック').waitFor({ state: 'detached' });
  await pictures(operator, 'places');
  await operator.getByRole('link', { name: 'みなと内科クリニックを開く' }).click();
  await row(operator, '鈴木').getByText('使えます').waitFor();
});

/* The operator's act on a service, as far as its dialog. */
async function order(name) {
  await button(operator, name).click();
  const dialog = operator.getByRole('dialog');
  await dialog.waitFor();
  assert.equal(await operator.evaluate(() => document.activeElement.textContent), 'やめておく');
  return dialog;
}

test('terms 12: a suspension says why to the contractor alone; patients and staff read what to do', async () => {
  await operator.getByRole('link', { name: '契約', exact: true }).click();
  await operator.locator('[data-service=reservation]').getByText('提供中です').waitFor();
  const dialog = await order('順番受付サービスを停止する');
  await button(dialog, '提供を停止する').click();
  await dialog.getByText('理由を書いてください').waitFor();
  await dialog.getByLabel(/^理由/).fill('9月分のお支払いが確認できないため');
  await pictures(operator, 'contract-suspend');
  await button(dialog, '提供を停止する').click();
  await operator.getByText('順番受付サービスの提供を停止しました', { exact: true }).first().waitFor();
  await pictures(operator, 'contract-operator');
  await contractor.goto(`${clinic.url}/programme/#/contract`); // as mails name it
  await contractor.getByText('理由: 9月分のお支払いが確認できないため').waitFor();
  assert.equal(await button(contractor, /再開する$/).count(), 0);
  await pictures(contractor, 'contract');
  const patient = await browser.page({ viewport: SIZES.phone });
  await patient.goto(`${clinic.url}/q/${QUEUE}`);
  await patient.getByText('ただいまこちらでは受付できません').first().waitFor();
  await pictures(patient, 'suspended-patient');
  const staff = await open('/staff/', 'suzuki');
  await staff.getByText('順番受付サービスの提供を停止しています').waitFor();
  const head = staff.locator('.bar-top .intake b');
  assert.equal(await head.innerText(), '番号を出せません');
  await pictures(staff, 'suspended-staff');
  for (const page of [patient, staff]) assert.equal(await page.getByText('お支払い').count(), 0, 'the cause is nobody else’s');
  await button(await order('順番受付サービスを再開する'), '提供を再開する').click();
  await operator.locator('[data-service=reservation]').getByText('提供中です').waitFor();
  await patient.getByText('ただいまこちらでは受付できません').waitFor({ state: 'detached' });
  await head.getByText('受付中').waitFor();
  await patient.context().close();
  await staff.context().close();
});

test('terms 13: an interruption is announced ahead, and taken back', async () => {
  const dialog = await order('中止を予告する');
  const at = (ms) => new Date(Date.now() + ms + 9 * 3600000).toISOString().slice(0, 16);
  await dialog.getByLabel('始まる日時').fill(at(-3600000));
  await dialog.getByLabel('終わる日時').fill(at(86400000));
  await button(dialog, '中止を予告する').click();
  await dialog.getByText('この日時では中止できません').waitFor();
  await dialog.getByLabel('始まる日時').fill(at(82800000));
  await pictures(operator, 'contract-interrupt');
  await button(dialog, '中止を予告する').click();
  await operator.getByText(/から.*まで、サービスを中止します/).waitFor();
  await contractor.reload();
  await contractor.getByText(/から.*まで、サービスを中止します/).waitFor();
  await pictures(contractor, 'contract-interrupted');
  await button(await order('中止を予告する'), 'やめておく').click();
  const urgent = await order('中止を予告する'); // begins at once
  await urgent.getByLabel(/^急ぎの中止/).check();
  await urgent.getByLabel('終わる日時').fill(at(2 * 86400000));
  await button(urgent, '中止を予告する').click();
  await operator.getByText(/サービスを中止しています/).waitFor();
  const patient = await browser.page({ viewport: SIZES.phone });
  await patient.goto(`${clinic.url}/q/${QUEUE}`);
  await patient.getByText('ただいまの時間は、予約をお休みしています').waitFor({ timeout: 20000 });
  await patient.getByText(/月.*日.*に再開します/).waitFor();
  await pictures(patient, 'interrupted-patient');
  await patient.context().close();
  const persons = [{ ticket: randomUUID() }];
  assert.equal((await clinic.api('POST', `/api/v1/queues/${QUEUE}/bookings`, { purpose: true, persons })).data.error, 'service_hours');
  await button(await order('中止を取り消す'), '中止を取り消す').click();
  await operator.getByText('サービスの中止を取り消しました', { exact: true }).first().waitFor();
});

test('terms 14 and 16: an end is announced two months ahead or by a written notice’s days, and taken back', async () => {
  let dialog = await order('番組サービスの廃止を予告する');
  const first = await dialog.getByLabel('廃止する日').inputValue();
  await dialog.getByLabel('廃止する日').fill(new Date(Date.parse(first) - 86400000).toISOString().slice(0, 10));
  await button(dialog, '廃止を予告する').click();
  await dialog.getByText('この日には廃止できません').waitFor();
  await dialog.getByLabel('廃止する日').fill(first);
  await button(dialog, '廃止を予告する').click();
  await operator.locator('[data-service=video]').getByText('このサービスは廃止になります').waitFor();
  await button(await order('番組サービスの終了を取り消す'), '終了を取り消す').click();
  dialog = await order('番組サービスを解約する');
  await dialog.getByLabel('書面が届いた日').fill('2099-01-15');
  await dialog.getByText('2099年2月28日(土)まで使えます').waitFor();
  await dialog.getByLabel(/^書面で指定された月/).fill('2099-05');
  await dialog.getByText('2099年5月31日(日)まで使えます').waitFor();
  await pictures(operator, 'contract-terminate');
  await button(dialog, '解約を決める').click();
  await operator.locator('[data-service=video]').getByText('2099年5月31日(日)まで使えます').waitFor();
  const { data } = await clinic.api('GET', `/api/v1/sites/${clinic.site}/contract`, undefined, clinic.sessions.nishi);
  assert.equal(data.services[1].ends, Date.parse('2099-06-01T00:00:00+09:00'));
  await contractor.reload();
  await contractor.locator('[data-service=video]').getByText('契約が終わります').waitFor();
});

test('app. 2: other service hours are announced, withdrawn, and patients read a friendly notice meanwhile', async () => {
  await operator.getByRole('navigation').first().getByRole('link', { name: 'サービス時間', exact: true }).click();
  const at = (ms) => new Date(Date.now() + ms + 9 * 3600000).toISOString().slice(0, 16);
  await operator.getByLabel('始まる日時').fill(at(-3600000));
  await operator.getByLabel('終わる日時').fill(at(90000000));
  await button(operator, '予告する').click();
  await operator.getByText('この日時では予告できません').waitFor();
  await operator.getByLabel('始まる日時').fill(at(86400000));
  await button(operator, '予告する').press('Enter');
  await operator.getByText(/から.*まで、お休みします/).waitFor();
  await pictures(operator, 'hours');
  await button(operator, /を取り消す|取り消す$/).click();
  await button(operator.getByRole('dialog'), '予告を取り消す').click();
  await operator.getByText('いつもと違う日の予告はありません。').waitFor();
  const soon = Date.now() + 4000;
  assert.equal((await clinic.api('POST', '/api/v1/hours', { from: soon, to: soon + 7200000, open: false }, clinic.sessions.nishi)).status, 200);
  const patient = await browser.page({ viewport: SIZES.phone });
  await patient.goto(`${clinic.url}/q/${QUEUE}`);
  await patient.getByText('ただいまの時間は、予約をお休みしています').waitFor({ timeout: 20000 });
  await pictures(patient, 'night-patient');
  clinic.staff = clinic.sessions.suzuki; // the first one ended with the changes of role
  const ticket = await clinic.ticket();
  assert.ok(ticket.number, 'numbers in the clinic go on');
  await patient.context().close();
  await contractor.reload();
  await contractor.getByText(/サービス時間外です/).waitFor();
});

test('what operators did has a record of its own, which names the site', async () => {
  await operator.getByRole('navigation').first().getByRole('link', { name: '操作の記録', exact: true }).click();
  await operator.getByRole('row', { name: /順番受付サービスの提供を停止しました.*みなと内科クリニック/ }).waitFor();
  await operator.getByLabel('種類', { exact: true }).selectOption({ label: 'サービス時間の変更の予告' });
  await operator.waitForFunction(() => document.querySelectorAll('tbody tr').length === 2);
  await pictures(operator, 'audit-operator');
  assert.equal((await clinic.api('GET', '/api/v1/audit', undefined, clinic.sessions.minato)).status, 403);
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
