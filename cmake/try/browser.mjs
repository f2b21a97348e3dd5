// A real Chromium for the demo and the system tests, driven by playwright-core.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../tests/web/package.json', import.meta.url));

export async function openBrowser() {
  const { chromium } = require('playwright-core');
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A page that trusts the demo's own authority by being told to; the kiosk verifies it for real. */
export async function openPage(browser, viewport = { width: 1180, height: 820 }) {
  const context = await browser.newContext({ viewport, ignoreHTTPSErrors: true, locale: 'ja-JP', timezoneId: 'Asia/Tokyo' });
  return context.newPage();
}

export async function logIn(page, url, user, password) {
  await page.goto(url);
  await page.getByLabel('ユーザーID').fill(user);
  await page.getByLabel('パスワード').fill(password);
  await page.getByRole('button', { name: 'ログイン' }).click();
}
