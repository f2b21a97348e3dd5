// Patients' pages on bad lines, in a real Chromium: push that does not get through, no network, a line that is
// dead without a word, a slow one. MACHIAI_CLOUD names the built machiai-cloud.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { CuttingProxy } from '../soak/proxy.mjs';
import { Browser, Clinic, QUEUE, SETTINGS } from './clinic.mjs';

const VIEW_MAX = 50000; // bytes of a first view over the wire, headers and all
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 };

let clinic;
let browser;
before(async () => {
  SETTINGS.remote = { open: true };
  SETTINGS.hours = { week: Array.from({ length: 7 }, () => [[0, 720], [720, 1439], null]) };
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD, { awake: true });
  browser = await Browser.open();
});
beforeEach(() => clinic.clear());
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

const calling = (page, ticket) => page.locator('.calling .number', { hasText: ticket.number }).waitFor({ timeout: 60000 });
const done = (page) => page.context().close();
const pageOf = { queue: () => `/q/${QUEUE}`, own: (ticket) => `/t/${ticket.code}` };

test('push that does not get through: the page goes on by asking, and tells how old what it shows is', async () => {
  const ticket = await clinic.ticket(), page = await browser.page(PHONE);
  let asked = 0;
  await page.route(/\/events(\?|$)/, (route) => { asked += 1; return route.fulfill({ status: 502 }); });
  await page.goto(clinic.url + pageOf.own(ticket));
  await page.getByText('まもなくお呼びします').waitFor();
  await page.getByText(/時\d+分の情報です\(\d+秒前\)/).waitFor();
  await clinic.call(ticket);
  await calling(page, ticket);
  assert.ok(asked > 1, 'it tries to be told again');
  assert.equal(await page.locator('.banner.lost').count(), 0, 'nothing is lost: it is asked for');
  await done(page);
});

test('streams alone do not get through: the page is told by answers that end, as soon as it is called', async () => {
  const ticket = await clinic.ticket(), page = await browser.page(PHONE), waits = [];
  await page.route('**/events', (route) => route.fulfill({ status: 502 }));
  await page.route('**/events?*', (route) => { waits.push(route.request().url()); return route.continue(); });
  await page.route('**/api/v1/queues/*', (route) => route.fulfill({ status: 500 })); // nothing is asked for
  await page.goto(clinic.url + pageOf.own(ticket));
  await page.getByText('まもなくお呼びします').waitFor();
  while (waits.length < 2) await page.waitForTimeout(50); // the first brought what is there, the second waits
  await page.waitForTimeout(500);
  await clinic.call(ticket);
  await page.locator('.calling .number', { hasText: ticket.number }).waitFor({ timeout: 6000 });
  assert.match(waits[1], /\?wait=\d+&after=\d+%3A[0-9a-f]{16}$/);
  await done(page);
});

for (const [name, where] of Object.entries(pageOf)) {
  test(`no network: the ${name} page says so and of when its figures are, and comes back by itself`, async () => {
    const [first, second] = [await clinic.ticket(), await clinic.ticket()], page = await browser.page(PHONE);
    await clinic.call(first);
    await page.goto(clinic.url + where(second));
    await page.locator('.age').waitFor(); // the script's, not the page as the server wrote it
    await page.context().setOffline(true);
    await page.getByText('この端末は、いまインターネットにつながっていません。').waitFor();
    await page.getByText(/^\d+時\d+分の情報です$/).waitFor();
    await page.getByRole('heading', { name: /^\d+時\d+分のご案内$/ }).waitFor(); // the figure tells its own time
    await page.getByText('045-000-0000').waitFor();
    assert.equal(await page.locator('.calling').count(), 0, 'nobody is sent into a room by old news');
    await clinic.call(second);
    await page.context().setOffline(false);
    await calling(page, second);
    await page.locator('.banner.lost').waitFor({ state: 'detached' });
    await done(page);
  });
}

test('a line that is dead without a word is found out, and used again when it lives', async () => {
  const proxy = new CuttingProxy(Number(new URL(clinic.url).port));
  await proxy.listen();
  const [first, second] = [await clinic.ticket(), await clinic.ticket()], page = await browser.page(PHONE);
  try {
    await page.clock.install();
    await clinic.call(first);
    await page.goto(`https://127.0.0.1:${proxy.port}${pageOf.queue()}`);
    await calling(page, first);
    proxy.set('cut');
    await page.clock.runFor(70000);
    await page.getByText('1分前から新しい情報が届いていません').waitFor();
    await clinic.call(second);
    proxy.set('pass');
    await page.clock.runFor(30000);
    await calling(page, second);
  } finally {
    await done(page);
    proxy.close();
  }
});

test('what matters can be read before the scripts have come', async () => {
  const [first, second] = [await clinic.ticket(), await clinic.ticket()];
  await clinic.call(first);
  for (const where of Object.values(pageOf)) {
    const page = await browser.page(PHONE), held = [];
    await page.route('**/*.js', (route) => { held.push(route); });
    await page.goto(clinic.url + where(second), { waitUntil: 'commit' });
    await page.locator('.number', { hasText: first.number }).first().waitFor();
    await page.getByText(/お待ちの方 1人|あなたの前に0人/).waitFor();
    await page.getByText(/時\d+分の情報です/).waitFor();
    assert.ok(held.length > 0, 'the scripts are still on their way');
    await Promise.all(held.map((route) => route.continue()));
    await page.unroute('**/*.js');
    await page.getByText(/自動で新しくなります/).waitFor(); // and then it lives
    await done(page);
  }
});

test('without JavaScript: hours, the way to book, and on the page of booking what to do', async () => {
  for (const [lang, words, friday] of [['ja', '予約には、JavaScriptを使えるブラウザーが要ります', '金'], ['pt', 'Para marcar é preciso um navegador com JavaScript', 'sex']]) {
    const page = await browser.page({ ...PHONE, javaScriptEnabled: false }), view = (await clinic.api('GET', `/api/v1/queues/${QUEUE}`)).data;
    await page.goto(`${clinic.url}${pageOf.queue()}?lang=${lang}`);
    await page.locator('.hours th', { hasText: friday }).waitFor();
    assert.equal(await page.locator('a.book').count(), view.remote.state === 'open' ? 1 : 0);
    if (view.remote.state === 'open') await Promise.all([page.waitForURL(/book/), page.locator('a.book').tap()]);
    await page.goto(`${clinic.url}${pageOf.queue()}/book?lang=${lang}`);
    assert.equal(await page.locator('noscript .card h2').first().textContent(), words); // no text is looked for in there
    await page.locator('noscript a[href="tel:045-000-0000"]').waitFor();
    await done(page);
  }
});

/** Bytes over the wire and requests until a page shows what it is for, on a slow phone line. */
async function firstView(where, shown) {
  const page = await browser.page(PHONE), wire = await page.context().newCDPSession(page);
  let bytes = 0, requests = 0;
  wire.on('Network.dataReceived', (part) => { bytes += part.encodedDataLength; });
  wire.on('Network.responseReceivedExtraInfo', (part) => { requests += 1; bytes += (part.headersText ?? JSON.stringify(part.headers)).length; });
  await wire.send('Network.enable');
  await wire.send('Network.emulateNetworkConditions', SLOW_4G);
  await page.goto(clinic.url + where, { waitUntil: 'commit' });
  await page.locator(shown).first().waitFor({ timeout: 60000 });
  await page.waitForTimeout(500);
  await done(page);
  return { bytes, requests };
}

test('first views cost less than 50 KB on a slow line too', async (t) => {
  const ticket = await clinic.ticket();
  const views = { [pageOf.queue()]: '.age', [pageOf.own(ticket)]: '.age', [`${pageOf.queue()}/book`]: 'main h1', '/q/': 'main h1' };
  for (const [where, shown] of Object.entries(views)) {
    const { bytes, requests } = await firstView(where, shown);
    t.diagnostic(`${where.replace(ticket.code, 'CODE')}: ${bytes} bytes, ${requests} requests`);
    assert.ok(bytes > 1000 && bytes < VIEW_MAX, `${where}: ${bytes} bytes`);
  }
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
