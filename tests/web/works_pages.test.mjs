// The contractor's and the operator's pages against the real cloud in a real Chromium: each act of the model
// programme and of contents goes through the pages. MACHIAI_CLOUD names the built machiai-cloud;
// MACHIAI_PICTURES=DIR keeps pictures of every page at three sizes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Browser, Clinic, PASSWORD, SETTINGS, SIZES, pictures as picture } from './clinic.mjs';

const run = promisify(execFile);
const DAY = 86400000;

let clinic;
let browser;
let device;
let operator;
let contractor;

before(async () => {
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD);
  browser = await Browser.open();
  device = await clinic.enrol('受付機1');
  operator = await open('/operator/', 'nishi', { viewport: { width: 1440, height: 900 } });
  contractor = await open('/programme/', 'minato', { viewport: SIZES.pc });
});
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

async function open(where, user, options) {
  const page = await browser.page(options);
  await page.context().addCookies([await clinic.cookie(user)]);
  await page.goto(clinic.url + where);
  page.setDefaultTimeout(15000);
  await page.locator('main').waitFor();
  return page;
}
const tab = (page, name) => page.getByRole('navigation').first().getByRole('link', { name, exact: true }).click();
const button = (page, name) => page.getByRole('button', { name });
const get = async (where, who = 'minato') => { await clinic.cookie(who); return (await clinic.api('GET', where, undefined, clinic.sessions[who])).data; };
const document_ = async () => JSON.parse((await clinic.api('GET', '/api/v1/device/programme', undefined, device)).data.document);
const iso = (ms) => new Date(ms + 9 * 3600000).toISOString().slice(0, 10);

async function film(name, colour, { seconds = 3 } = {}) {
  const file = path.join(clinic.dir, name);
  await run('ffmpeg', ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', `color=${colour}:size=320x180:rate=10:duration=${seconds}`, '-vf', 'drawbox=x=t*60:y=60:w=60:h=60:color=white:t=fill',
    '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file]);
  return file;
}

async function sendFilm(page, file, title, kind) {
  if (kind) await page.getByLabel('種類', { exact: true }).selectOption({ label: kind });
  await page.locator('#file').setInputFiles(file);
  await page.getByLabel(/^題名/).fill(title);
  await button(page, 'この映像を送る').click();
}

test('the operator adds films, and what is no film is refused with a reason in Japanese', async () => {
  await tab(operator, '映像');
  const text = path.join(clinic.dir, 'memo.mp4');
  writeFileSync(text, 'これは映像ではありません。\n'.repeat(200));
  await sendFilm(operator, text, 'メモ', '提供・健康情報');
  await operator.getByText('この映像は使えません').waitFor();
  await operator.getByText('映像として読めませんでした。').waitFor();
  await picture(operator, 'films-refused');
  const films = [['手を洗いましょう', '提供・健康情報', '0x2E7A67'], ['よく眠る', '提供・健康情報', '0x1C2A55'], ['こもれび麦茶', '提供・広告', '0xC06A20'], ['湖の朝', 'リラクゼーション映像', '0x4E9C83']];
  for (const [title, kind, colour] of films) {
    await sendFilm(operator, await film(`${title}.mp4`, colour), title, kind);
    await operator.locator('.own', { hasText: title }).waitFor();
  }
  await operator.waitForFunction(() => [...document.querySelectorAll('.own .still img')].length === 4 && [...document.querySelectorAll('.own .still img')].every((one) => one.naturalWidth > 0));
  await button(operator, '手を洗いましょうを再生する').click();
  await operator.waitForFunction(() => document.querySelector('.player video')?.currentTime > 0.1);
  await button(operator, '再生をやめる').click();
  await picture(operator, 'films');
});

test('terms 20: a programme is built by keyboard and by dragging, and distributed as an act of its own', async () => {
  await tab(operator, '番組表を作る');
  await operator.locator('main').getByRole('link', { name: '番組表を作る', exact: true }).click();
  for (const title of ['こもれび麦茶', 'よく眠る', '手を洗いましょう']) await button(operator, `${title}を加える`).click();
  const order = () => operator.locator('.slot .about b').allInnerTexts();
  assert.deepEqual(await order(), ['こもれび麦茶', 'よく眠る', '手を洗いましょう']);
  await button(operator, '3番の手を洗いましょうを上へ').focus();
  await operator.keyboard.press('Enter');
  await operator.keyboard.press('Enter'); // the focus moves along
  assert.deepEqual(await order(), ['手を洗いましょう', 'こもれび麦茶', 'よく眠る']);
  await operator.getByText('手を洗いましょうを1番に動かしました').waitFor({ state: 'attached' });
  await operator.locator('.slot').nth(1).dragTo(operator.locator('.slot').nth(2));
  assert.deepEqual(await order(), ['手を洗いましょう', 'よく眠る', 'こもれび麦茶']);
  await button(operator, '3番のこもれび麦茶の流し方').click();
  await operator.locator('.slot .tray').getByLabel('日', { exact: true }).uncheck();
  await operator.getByText('月・火・水・木・金・土だけ').waitFor();
  await operator.locator('.slot .tray').getByLabel('重ねながら切り替える').check();
  const from = Date.now() + 10 * DAY;
  await operator.getByLabel('始めの日').fill(iso(from));
  await operator.getByLabel('終わりの日').fill(iso(from - 2 * DAY));
  await button(operator, '番組表を保存する').click();
  await operator.getByText('期間を確かめてください').waitFor();
  await operator.getByLabel('終わりの日').fill(iso(from + 13 * DAY));
  await operator.getByLabel('期限の日').fill(iso(from - 7 * DAY));
  await picture(operator, 'builder');
  await button(operator, '番組表を保存する').click();
  await operator.getByText('まだ配信していません。承認の期限も').waitFor();
  await picture(operator, 'programmes');
  assert.equal((await get(`/api/v1/sites/${clinic.site}/programmes`)).programmes.length, 0, 'saving distributes nothing');
  await button(operator, /を配信する$/).click();
  const dialog = operator.getByRole('dialog');
  await dialog.getByText('承認の期限').waitFor();
  assert.equal(await operator.evaluate(() => document.activeElement.textContent), 'まだ配信しない');
  await picture(operator, 'distribute');
  await dialog.getByRole('button', { name: '1施設に配信する' }).click();
  await operator.locator('tr[data-site]', { hasText: 'みなと内科クリニック' }).getByText('未承認').waitFor();
  const [programme] = (await get(`/api/v1/sites/${clinic.site}/programmes`)).programmes;
  assert.deepEqual(programme.items.map((item) => item.title), ['手を洗いましょう', 'よく眠る', 'こもれび麦茶']);
  assert.equal(programme.items[2].weekdays, 126, 'every day but Sunday');
  assert.deepEqual(programme.items.map((item) => item.change), [undefined, undefined, 'fade']);
});

test('terms 20: the contractor previews, swaps and approves; a swap approves nothing and takes an approval back', async () => {
  const state = async () => (await get(`/api/v1/sites/${clinic.site}/programmes`)).programmes[0];
  await contractor.reload();
  await contractor.getByText('ひとつも流れません。').waitFor();
  await button(contractor, 'よく眠るを再生する').click();
  await contractor.waitForFunction(() => document.querySelector('.player video')?.currentTime > 0.1);
  const url = await contractor.locator('.player video').getAttribute('src');
  assert.equal((await clinic.api('GET', url, undefined, clinic.staff)).status >= 400, true, 'terms 21.3: the address is of no use to another login');
  await contractor.getByText('見ました', { exact: true }).waitFor();
  await button(contractor, '再生をやめる').click();
  await picture(contractor, 'programme');
  await button(contractor, '2番のよく眠るを差し替える').click();
  const dialog = contractor.getByRole('dialog');
  await dialog.getByRole('radio', { name: /手を洗いましょう/ }).check();
  await picture(contractor, 'swap');
  assert.equal(await dialog.getByRole('radio', { name: /麦茶|湖の朝/ }).count(), 0, 'other kinds may not stand there');
  await button(dialog, 'この映像に差し替える').click();
  await contractor.locator('.films').getByText('差し替え', { exact: true }).waitFor();
  assert.equal((await state()).approved, 0);
  await button(contractor, 'この番組表を承認する').click();
  await button(dialog, '番組表を承認する').click();
  await contractor.getByText('承認しました', { exact: true }).waitFor();
  assert.ok((await state()).approved > 0);
  await picture(contractor, 'approved');
  const download = contractor.waitForEvent('download');
  await button(contractor, '承認の控えを保存する').click();
  const receipt = readFileSync(await (await download).path(), 'utf8');
  assert.match(receipt, /に医療法人みなと会が承認しました。/);
  assert.match(receipt, /2\. 手を洗いましょう \(提供・健康情報\) 差し替え/);
  await button(contractor, '2番の手を洗いましょうを差し替える').click();
  await dialog.getByText('この番組表の承認は、差し替えるとなくなります。').waitFor();
  await dialog.getByRole('radio', { name: /よく眠る/ }).check();
  await button(dialog, 'この映像に差し替える').click();
  await contractor.getByText('差し替えたため、承認がなくなりました。').waitFor();
  assert.equal((await state()).approved, 0);
  await button(contractor, 'この番組表を承認する').click();
  await button(dialog, '番組表を承認する').click();
  await contractor.getByText('承認しました', { exact: true }).waitFor();
});

test('approval over all sites shows who has approved', async () => {
  await operator.reload();
  const row = operator.locator('tr[data-site]', { hasText: 'みなと内科クリニック' });
  await row.getByText('承認済み').waitFor();
  await row.getByText(/医療法人みなと会/).first().waitFor();
  await button(operator, 'みなと内科クリニックの機器を見る').click();
  await operator.locator('.tray').getByText('受付機1').waitFor();
  await picture(operator, 'approvals');
  const download = operator.waitForEvent('download');
  await button(operator, 'CSVを保存する').click();
  assert.match(readFileSync(await (await download).path(), 'utf8'), /みなと内科クリニック,1024,承認済み/);
});

test('why a kiosk does not play by the newest programme is said to operator, contractor and staff', async () => {
  const told = { edition: (await document_()).edition, files: 3, present: 2, confirmed: false, fault: '', playing: '' };
  const report = (more) => clinic.api('PUT', '/api/v1/device/status', { printer: 'none', version: 'test', clock: 'trusted', programme: { ...told, ...more }, downloaded: [] }, device);
  const staff = await open('/staff/', 'sato');
  assert.equal((await report({})).status, 200);
  await staff.getByText('映像 2 / 3本 取り込み中').waitFor();
  await report({ fault: 'disk_full' });
  await staff.getByText('映像を保存する場所が足りません').waitFor();
  await operator.reload();
  await operator.getByText('1台が番組表どおりに流せません').waitFor();
  await button(operator, 'みなと内科クリニックの機器を見る').click();
  await operator.getByText('機器のカードの空きを確かめてください。').waitFor();
  await contractor.reload();
  await contractor.getByText('機器のカードの空きを確かめてください。').waitFor();
  await picture(operator, 'unfit-operator');
  await picture(contractor, 'unfit-contractor');
  await picture(staff, 'unfit-staff');
  await report({ present: 3, confirmed: true });
  await staff.getByText('映像を保存する場所が足りません').waitFor({ state: 'detached' });
  await staff.context().close();
});

test('a notice is made from a template: drawn while typed, too long told at its field, then in the site’s document', async () => {
  await tab(contractor, 'お知らせ');
  await contractor.getByText('お知らせはまだありません').waitFor();
  await contractor.locator('main').getByRole('link', { name: 'お知らせを作る' }).click();
  await contractor.getByRole('radio', { name: '休診のお知らせ' }).check();
  await contractor.getByText('見本です。').waitFor();
  const painted = () => contractor.locator('.preview canvas').evaluate((one) => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.reduce((sum, byte) => (sum * 31 + byte) % 1000003, 7));
  await contractor.locator('.preview canvas[aria-busy=false]').waitFor();
  const sample = await painted();
  const heading = contractor.getByRole('textbox', { name: '見出し' });
  await heading.fill('年末年始の休診のお知らせとお願い');
  await contractor.getByText(/字多すぎます。14字までにしてください/).waitFor();
  assert.equal(await heading.getAttribute('aria-invalid'), 'true');
  await heading.fill('年末年始の休診');
  await button(contractor, '放映する').click();
  await contractor.getByText('直すところがあります').waitFor();
  assert.equal(await contractor.evaluate(() => document.activeElement.getAttribute('role')), 'alert');
  await contractor.getByLabel('始め', { exact: true }).fill('2026-12-29');
  await contractor.getByLabel('終わり(ある場合)').fill('2027-01-04');
  await contractor.getByRole('textbox', { name: '本文' }).fill('お薬が足りるか、早めにご確認ください。');
  await contractor.getByText('モニターと同じ描き方です。').waitFor();
  await contractor.locator('.preview canvas[aria-busy=false]').waitFor();
  assert.notEqual(await painted(), sample);
  await picture(contractor, 'maker');
  await button(contractor, '放映する').click();
  await contractor.getByText('「年末年始の休診」を放映します').waitFor();
  await picture(contractor, 'notices');
  const [notice] = (await document_()).clinic;
  assert.deepEqual([notice.title, notice.page.fields.dates, notice.kind], ['年末年始の休診', '2026-12-29/2027-01-04', 'notice']);
});

test('a photograph is sent, an introduction shows it', async () => {
  const photo = path.join(clinic.dir, 'photo.png');
  await run('ffmpeg', ['-loglevel', 'error', '-y', '-f', 'lavfi', '-i', 'color=0xC9ADE8:size=800x600:duration=1:rate=1', '-frames:v', '1', photo]);
  const text = path.join(clinic.dir, 'photo.txt');
  writeFileSync(text, 'no picture');
  await tab(contractor, '紹介・自作');
  await contractor.getByRole('link', { name: '紹介を作る' }).click();
  await contractor.getByRole('radio', { name: '医師の紹介' }).check();
  await contractor.getByRole('textbox', { name: '名前' }).fill('港 健一');
  await contractor.locator('#photo-portrait').setInputFiles(text);
  await contractor.getByText('写真として読めませんでした。').waitFor();
  await contractor.locator('#photo-portrait').setInputFiles(photo);
  await contractor.getByText('写真が入っています').waitFor();
  await picture(contractor, 'introduction');
  await button(contractor, '下書きのまま閉じる').click();
  await contractor.getByText('「港 健一」を下書きに保存しました').waitFor();
  const { contents } = await get(`/api/v1/sites/${clinic.site}/contents`);
  const draft = contents.find((one) => one.title === '港 健一');
  assert.match(draft.page.photos.portrait, /^[0-9a-f]{64}$/);
  assert.equal(draft.active, false);
  assert.equal((await document_()).clinic.length, 1, 'a draft is not broadcast');
});

test('terms 19: a self-made film goes on after a cut line; its broadcast period is chosen by keyboard alone', async () => {
  await contractor.getByRole('link', { name: '映像を送る' }).click();
  let cut = 1;
  await contractor.route('**/api/v1/uploads/*', (route) => (route.request().method() === 'PATCH' && cut-- > 0 ? route.abort() : route.continue()));
  await contractor.locator('#file').setInputFiles(await film('self.mp4', '0x8A3F7A'));
  await contractor.getByLabel(/^題名/).fill('院内の様子');
  await button(contractor, 'この映像を送る').click();
  await contractor.getByText('「院内の様子」が届きました。').waitFor();
  assert.ok(cut <= 0, 'the line was cut once');
  await contractor.unroute('**/api/v1/uploads/*');
  const grid = contractor.getByRole('grid');
  await grid.locator('[tabindex="0"]').focus();
  await contractor.keyboard.press('ArrowRight');
  const label = await contractor.evaluate(() => document.activeElement.textContent);
  await contractor.keyboard.press('Enter');
  await contractor.keyboard.press('PageDown');
  await contractor.keyboard.press(' ');
  assert.match(label, /日\(.\)/);
  await contractor.getByLabel('時間を決める').check();
  await contractor.getByLabel('始まる時刻').fill('09:30');
  await contractor.getByLabel('終わる時刻').fill('12:00');
  await picture(contractor, 'periods');
  await button(contractor, 'この期間で放映する').click();
  await contractor.getByText('保存しました').waitFor();
  const own = (await document_()).clinic.find((one) => one.title === '院内の様子');
  assert.equal((own.show_to - own.show_from) / DAY, 29);
  assert.equal(iso(own.show_from), iso(Date.now() + DAY));
  assert.deepEqual([own.daypart_from, own.daypart_to], [570, 720]);
});

test('deleting names what happens, and the notice leaves the document', async () => {
  await tab(contractor, 'お知らせ');
  await button(contractor, '年末年始の休診を消す').click();
  const dialog = contractor.getByRole('dialog', { name: '「年末年始の休診」を消しますか' });
  await dialog.getByText('待合室のモニターから、通信がつながりしだい消えます。').waitFor();
  assert.equal(await contractor.evaluate(() => document.activeElement.textContent), '消さない');
  await picture(contractor, 'delete');
  await button(dialog, /^消す$/).click();
  await contractor.getByText('お知らせはまだありません').waitFor();
  assert.equal((await document_()).clinic.some((one) => one.kind === 'notice'), false);
});

test('terms 21: a film is withdrawn with its reason and leaves every document', async () => {
  await tab(operator, '映像');
  await button(operator, 'こもれび麦茶を取り下げる').click();
  const dialog = operator.getByRole('dialog', { name: '「こもれび麦茶」を取り下げますか' });
  await button(dialog, 'この映像を取り下げる').click();
  await dialog.getByText('入力してください').waitFor();
  await dialog.getByLabel('理由').fill('広告主の申し出');
  await picture(operator, 'withdraw');
  await button(dialog, 'この映像を取り下げる').click();
  await dialog.waitFor({ state: 'detached' });
  await button(operator, '取り下げ済み').click();
  await operator.getByText('理由: 広告主の申し出').waitFor();
  const tea = (await get('/api/v1/films', 'nishi')).films.find((one) => one.title === 'こもれび麦茶');
  assert.ok((await document_()).withdrawn.includes(tea.sha256));
});

test('terms 21.2: the report tells where a film is planned and where it was shown, on the page and as CSV', async () => {
  await tab(operator, '放映の記録');
  const row = operator.locator('tbody tr', { hasText: '手を洗いましょう' });
  await row.getByText('1周に1回').waitFor();
  await row.getByText('承認済み').waitFor();
  await picture(operator, 'plays');
  await operator.getByLabel('映像', { exact: true }).selectOption({ label: 'よく眠る' });
  await operator.locator('tbody tr', { hasText: 'よく眠る' }).waitFor();
  await row.waitFor({ state: 'detached' });
  const download = operator.waitForEvent('download');
  await operator.getByRole('link', { name: 'CSVを保存する' }).click();
  const csv = readFileSync(await (await download).path(), 'utf8');
  assert.match(csv, /よく眠る/);
  assert.doesNotMatch(csv, /手を洗いましょう/);
});

test('terms 3(15): a contractor of several sites sees them all and chooses one', async () => {
  const settings = path.join(clinic.dir, 'south.json');
  writeFileSync(settings, JSON.stringify({ ...SETTINGS, clinic_no: '1025', name: 'みなと内科 南口' }));
  const { site } = await clinic.admin('site', 'add', '--settings', settings);
  await clinic.admin('user', 'add', '--user', 'both', '--name', '医療法人みなと会', '--role', 'contractor', '--password', PASSWORD, '--site', clinic.site, '--site', site);
  const page = await open('/programme/#/sites', 'both', { viewport: SIZES.pc });
  await page.getByRole('row', { name: /みなと内科クリニック.*承認済み/ }).waitFor();
  await picture(page, 'sites');
  await button(page.getByRole('row', { name: /南口/ }), '番組表を開く').click();
  await page.getByText('番組表はまだありません').waitFor();
  await page.getByLabel('施設', { exact: true }).selectOption({ label: 'みなと内科クリニック' });
  await page.getByText('承認しました', { exact: true }).waitFor();
  await page.context().close();
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
