// One's own account against the real cloud in a real Chromium (terms 33): the second factor from its QR code
// to a log-in with it, recovery codes, a loss reported from the log-in form, the way back in.
// MACHIAI_CLOUD names the built machiai-cloud; MACHIAI_PICTURES=DIR keeps pictures.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Browser, Clinic, PASSWORD, logIn, pictures } from './clinic.mjs';
import { totp } from './totp.mjs';

const FRESH = 'hoshi-umi-5527-kawa';
let clinic;
let browser;
let secret;
let recovery;

before(async () => {
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD);
  browser = await Browser.open();
});
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

const button = (page, name) => page.getByRole('button', { name });
async function fresh() {
  const page = await browser.page({ viewport: { width: 390, height: 844 } });
  page.setDefaultTimeout(15000);
  return page;
}
async function form(user, password = PASSWORD) {
  const page = await fresh();
  await logIn(page, `${clinic.url}/account/`, user, password);
  return page;
}
const heading = (page, name) => page.getByRole('heading', { name }).waitFor();

test('the second factor is learnt from a QR code, and ten recovery codes are shown once', async () => {
  const page = await form('minato');
  await page.getByText('確認コードは使っていません').waitFor();
  await pictures(page, 'account');
  await button(page, '確認コードを使い始める').click();
  await page.getByRole('img', { name: '認証アプリに読み取らせるQRコード' }).waitFor();
  await page.getByText('読み取れないときは').click();
  secret = (await page.locator('.enrol .secret').innerText()).replace(/\s/g, '');
  assert.match(secret, /^[A-Z2-7]{32}$/);
  await pictures(page, 'account-qr');
  await page.getByRole('textbox', { name: '確認コード' }).fill('000000');
  await button(page, '確かめて使い始める').click();
  await page.getByText('数字が合いません').waitFor();
  await page.getByRole('textbox', { name: '確認コード' }).fill(totp(secret).replace(/^.../, '$& ')); // as apps show it
  await button(page, '確かめて使い始める').click();
  await heading(page, '回復コードを控えてください');
  recovery = await page.locator('.recovery li').allInnerTexts();
  assert.equal(new Set(recovery).size, 10);
  await pictures(page, 'account-recovery');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByText('パスワードを変える').isVisible(), false, 'only the codes go on paper');
  assert.equal(await page.getByText('待合の回復コード ユーザーID minato').isVisible(), true);
  await page.emulateMedia({ media: 'screen' });
  const download = page.waitForEvent('download');
  await button(page, 'ファイルに保存する').click();
  assert.ok(readFileSync(await (await download).path(), 'utf8').includes(recovery[9]));
  await button(page, '控えました').click();
  await page.getByText('確認コードを使っています').waitFor();
  assert.equal(await page.getByText(recovery[0]).count(), 0);
  await page.reload();
  await page.getByText('確認コードを使っています').waitFor();
  const held = await clinic.api('POST', '/api/v1/sessions/current/factor', undefined, await headers(page));
  assert.equal(held.status, 409, 'a stolen session cannot replace it');
  await page.context().close();
});

async function headers(page) {
  const [cookie] = await page.context().cookies();
  const Cookie = `${cookie.name}=${cookie.value}`;
  const { data } = await clinic.api('GET', '/api/v1/sessions/current', undefined, { Cookie });
  return { Cookie, 'X-CSRF-Token': data.csrf };
}

test('log-in asks for the code, takes the next one, and a recovery code once', async () => {
  const enter = async (code) => {
    const page = await form('minato');
    await page.getByText('確認コードを入力してください').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'code');
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
    return page;
  };
  const wrong = await enter('123 456');
  await wrong.getByText('ログインできませんでした').waitFor();
  await pictures(wrong, 'login-code');
  await wrong.context().close();
  const right = await enter(totp(secret, 1)); // the present one was used to begin
  await heading(right, 'アカウント');
  await right.context().close();
  const lost = await enter(recovery[3].toLowerCase());
  await heading(lost, 'アカウント');
  await lost.context().close();
  const again = await enter(recovery[3]);
  await again.getByText('ログインできませんでした').waitFor();
  await again.context().close();
});

test('the factor goes off only with password and code', async () => {
  const page = await form('minato');
  await page.getByRole('textbox', { name: '確認コード' }).fill(recovery[0]);
  await page.keyboard.press('Enter');
  await button(page, '確認コードをやめる').click();
  await page.locator('#off-password').fill(PASSWORD);
  await page.locator('#off-code').fill(recovery[0]); // used
  await page.locator('form .button.danger').click();
  await page.getByText('確かめられませんでした').waitFor();
  await page.locator('#off-password').fill(PASSWORD);
  await page.locator('#off-code').fill(recovery[1]);
  await page.locator('form .button.danger').click();
  await page.getByText('確認コードは使っていません').waitFor();
  await page.context().close();
});

test('a changed password ends the session, and the old one opens nothing', async () => {
  const page = await form('suzuki');
  await page.locator('#old').fill(PASSWORD);
  await page.locator('#fresh').fill('short');
  await button(page, 'パスワードを変える').click();
  await page.getByText('新しいパスワードが短すぎます').waitFor();
  await page.locator('#fresh').fill(FRESH);
  await button(page, 'パスワードを変える').click();
  await page.getByText('パスワードを変えました').waitFor();
  await page.context().close();
  const old = await form('suzuki');
  await old.getByText('ログインできませんでした').waitFor();
  await old.context().close();
  const now = await form('suzuki', FRESH);
  await heading(now, 'アカウント');
  await now.context().close();
});

test('terms 33: a loss is reported from the log-in form; an open console ends within 5 s; a code opens it again', async () => {
  const console_ = await fresh();
  await logIn(console_, `${clinic.url}/staff/`, 'sato');
  await button(console_, /^次の方を呼ぶ/).first().waitFor();
  const page = await fresh();
  await page.goto(`${clinic.url}/staff/`);
  await button(page, 'IDやパスワードの紛失・盗難を届け出る').press('Enter');
  await heading(page, '紛失・盗難の届け出');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  await pictures(page, 'loss');
  await page.getByLabel('ユーザーID').fill('Sato');
  await page.getByLabel('パスワード').fill('not-this-one');
  await button(page, 'このユーザーIDを止める').click();
  await page.getByText('止められませんでした').waitFor();
  await page.getByLabel('パスワード').fill(PASSWORD);
  const began = Date.now();
  await button(page, 'このユーザーIDを止める').click();
  await console_.getByText('ログインが終わりました').waitFor({ timeout: 5000 });
  assert.ok(Date.now() - began < 5000, 'terms 33: at once');
  await page.getByText('sato を止めました').waitFor();
  await pictures(page, 'loss-done');
  await console_.context().close();
  const { code } = await clinic.admin('user', 'reset', '--user', 'sato');
  await button(page, 'パスワードを作り直す').click();
  await page.getByLabel('ユーザーID').fill('sato');
  await page.getByLabel('再設定コード').fill('AAAA-AAAA');
  await page.getByLabel('新しいパスワード').fill(FRESH);
  await button(page, 'このパスワードに決める').click();
  await page.getByText('パスワードを決められませんでした').waitFor();
  await pictures(page, 'reset');
  await page.getByLabel('再設定コード').fill(code.toLowerCase());
  await button(page, 'このパスワードに決める').click();
  await page.getByText('パスワードを決めました').waitFor();
  await page.getByLabel('ユーザーID').fill('sato');
  await page.getByLabel('パスワード').fill(FRESH);
  await button(page, 'ログインする').click();
  await button(page, /^次の方を呼ぶ/).first().waitFor();
  await page.context().close();
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
