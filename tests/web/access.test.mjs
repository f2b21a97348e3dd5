// Every page in both themes: no violation that axe-core finds, and nothing wider than 320 px or than a
// phone with text at 200 %. MACHIAI_CLOUD names the built machiai-cloud.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { violations } from './axe.mjs';
import { Browser, Clinic, PAYMENT, QUEUE, SETTINGS, logIn } from './clinic.mjs';

Object.assign(SETTINGS, { address: '神奈川県横浜市中区港町1-2-3', remote: { open: true, persons: 4 } });

let clinic;
let browser;
let printer;
const codes = {};

// A clinic with somebody in every state.
before(async () => {
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD, { awake: true });
  browser = await Browser.open();
  const states = ['absent', 'held', 'in_room', 'in_exam', 'paying', 'to_pay', 'done', 'cancelled', 'called', 'waiting', 'last'];
  for (const state of states) {
    const ticket = await clinic.ticket(state === 'waiting' ? 'first' : 'return');
    codes[state] = ticket.code;
    if (!['waiting', 'last', 'held', 'cancelled'].includes(state)) await clinic.call(ticket, state === 'in_room' ? 'room-2' : 'room-1');
    if (['absent', 'held', 'in_room', 'done', 'cancelled'].includes(state)) await clinic.act(`ticket_${state}`, ticket);
    if (state === 'in_exam') await clinic.act('ticket_in_exam', ticket);
    if (['paying', 'to_pay'].includes(state)) await clinic.act('ticket_transferred', ticket, { desk: 2 });
    if (state === 'paying') await clinic.call(ticket, 'pay', 2);
  }
  const booked = await clinic.api('POST', `/api/v1/queues/${QUEUE}/bookings`, { purpose: true, persons: [{ ticket: randomUUID() }, { ticket: randomUUID() }] });
  codes.booked = booked.data.tickets[0].code;
  await clinic.act('message', null, { text: '院長が往診に出るため、11時から30分ほど\n診察をお休みします。' });
  printer = await clinic.device('受付機1');
  await clinic.programme(86400000);
  await clinic.notice('診療時間の変更');
});
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

async function enter(page, path, user) {
  await page.context().addCookies([await clinic.cookie(user)]);
  await page.goto(clinic.url + path);
}

// name: how to get there, in a fresh page.
const PAGES = {
  index: async (page) => { await page.goto(`${clinic.url}/`); await page.getByRole('link', { name: /診察/ }).waitFor(); },
  queue: async (page) => { await page.goto(`${clinic.url}/q/${QUEUE}`); await page.locator('.calling').waitFor(); },
  'queue, payment': async (page) => { await page.goto(`${clinic.url}/q/${PAYMENT}`); await page.locator('.calling').waitFor(); },
  'queue, easy Japanese': async (page) => { await page.goto(`${clinic.url}/q/${QUEUE}?lang=ja-easy`); await page.locator('ruby').first().waitFor(); },
  'queue, choosing a language': async (page) => {
    await page.goto(`${clinic.url}/q/${QUEUE}?lang=pt`);
    await page.locator('.languages > button').click();
  },
  'queue, unknown': async (page) => { await page.goto(`${clinic.url}/q/9999-9`); await page.locator('.card').waitFor(); },
  ...Object.fromEntries(['called', 'absent', 'in_exam', 'to_pay', 'done', 'last'].map((state) => [`ticket, ${state}`, async (page) => {
    await page.goto(`${clinic.url}/t/${codes[state]}`);
    await page.locator('.ticket, .calling').waitFor();
  }])),
  'ticket, Vietnamese': async (page) => { await page.goto(`${clinic.url}/t/${codes.last}?lang=vi`); await page.locator('.ticket').waitFor(); },
  find: async (page) => { await page.goto(`${clinic.url}/q/`); await page.locator('.clinic').waitFor(); },
  'find, nothing': async (page) => { await page.goto(`${clinic.url}/q/?search=zzz&lang=vi`); await page.locator('.card').waitFor(); },
  'book, who': async (page) => { await page.goto(`${clinic.url}/q/${QUEUE}/book`); await page.locator('.count').waitFor(); },
  'book, card': async (page) => {
    await page.goto(`${clinic.url}/q/${QUEUE}/book?lang=pt`);
    await page.locator('.count button').last().click();
    await page.locator('[type=submit]').click();
    await page.locator('#card').waitFor();
    await page.locator('[type=submit]').click();
    await page.locator('.wrong').first().waitFor();
  },
  'book, look over': async (page) => {
    await page.goto(`${clinic.url}/q/${QUEUE}/book?lang=ja-easy`);
    await page.locator('.choice').nth(1).click();
    await page.locator('[type=submit]').click();
    await page.locator('.kinds').waitFor();
    await page.locator('[type=submit]').click();
    await page.locator('#read').waitFor();
    await page.locator('[type=submit]').click();
    await page.locator('.wrong').waitFor();
  },
  'ticket, booked': async (page) => { await page.goto(`${clinic.url}/t/${codes.booked}`); await page.locator('.codes img').first().waitFor(); },
  'ticket, giving it up': async (page) => {
    await page.goto(`${clinic.url}/t/${codes.booked}?lang=vi`);
    await page.locator('.button.danger').click();
    await page.getByRole('dialog').waitFor();
  },
  patients: async (page) => {
    await enter(page, '/patients/', 'sato');
    await page.locator('#file').setInputFiles({ name: 'kanja.csv', mimeType: 'text/csv', buffer: Buffer.from('00123,1951-04-31\n山田,1951-04-07\n') });
    await page.getByRole('alert').waitFor();
  },
  'log-in, wrong': async (page) => { await logIn(page, `${clinic.url}/staff/`, 'sato', 'wrong-password'); await page.getByRole('alert').waitFor(); },
  'log-in, loss': async (page) => { await page.goto(`${clinic.url}/programme/`); await page.getByRole('button', { name: /紛失・盗難を届け出る/ }).click(); await page.getByRole('button', { name: 'このユーザーIDを止める' }).click(); await page.getByRole('alert').waitFor(); },
  'log-in, reset': async (page) => { await page.goto(`${clinic.url}/staff/`); await page.getByRole('button', { name: 'パスワードを作り直す' }).click(); await page.getByRole('button', { name: 'このパスワードに決める' }).click(); await page.getByRole('alert').waitFor(); },
  account: async (page) => { await enter(page, '/account/', 'sato'); await page.getByRole('button', { name: '確認コードを使い始める' }).click(); await page.getByRole('img').waitFor(); await page.getByText('読み取れないときは').click(); },
  'account, leaving': async (page) => { await enter(page, '/account/', 'minato'); await page.getByRole('button', { name: /紛失・盗難を届け出る/ }).click(); await page.locator('#loss-password').waitFor(); },
  staff: async (page) => {
    await printer('media-empty-error');
    await enter(page, '/staff/', 'sato');
    await page.locator('.alarm').waitFor();
    await page.locator('.opener').first().click();
    await page.getByRole('button', { name: /終わった方を表示する/ }).click();
  },
  'staff, dialog': async (page) => {
    await enter(page, '/staff/', 'sato');
    await page.getByRole('button', { name: '番号を追加する' }).first().click();
    await page.getByRole('dialog').waitFor();
  },
  ...Object.fromEntries([['record', '操作の記録'], ['opening', '診療日・時間'], ['trust', '院内ページ']].map(([name, words]) => [`staff, ${name}`, async (page) => {
    await enter(page, '/staff/', 'sato');
    await page.getByRole('button', { name: words }).first().click();
    await page.getByRole('dialog').locator('p, table, fieldset').first().waitFor();
  }])),
  'staff, day sheet': async (page) => {
    await enter(page, '/staff/', 'sato');
    await page.getByRole('button', { name: '日報' }).first().click();
    await page.getByRole('table').waitFor();
  },
  programme: async (page) => {
    await enter(page, '/programme/', 'minato');
    await page.getByRole('button', { name: '年末年始の休診を再生する' }).click();
  },
  'programme, swapping': async (page) => {
    await enter(page, '/programme/', 'minato');
    await page.getByRole('button', { name: /を差し替える$/ }).first().click();
    await page.getByRole('dialog').waitFor();
    await page.locator('dialog .pictures, dialog p').first().waitFor();
  },
  'programme, notices': async (page) => { await enter(page, '/programme/#/notices', 'minato'); await page.getByText('診療時間の変更').first().waitFor(); },
  'programme, notice maker': async (page) => {
    await enter(page, '/programme/#/notices/make', 'minato');
    await page.getByRole('radio', { name: '連休・年末年始の予定' }).check();
    await page.getByRole('button', { name: '放映する' }).click();
    await page.getByText('直すところがあります').waitFor();
  },
  'programme, opening hours': async (page) => { await enter(page, '/programme/#/films/make', 'minato'); await page.getByRole('radio', { name: '診療時間の表' }).check(); },
  'programme, sending': async (page) => { await enter(page, '/programme/#/films/send', 'minato'); await page.getByRole('button', { name: 'この映像を送る' }).click(); },
  'programme, periods': async (page) => { await enter(page, '/programme/#/periods', 'minato'); await page.getByRole('grid').waitFor(); await page.getByLabel('時間を決める').check(); },
  'programme, people': async (page) => { await enter(page, '/programme/#/manage', 'minato'); await page.getByRole('button', { name: '佐藤の操作' }).click(); },
  'programme, adding a person': async (page) => { await enter(page, '/programme/#/manage', 'minato'); await page.getByRole('button', { name: '利用者を加える' }).click(); await page.getByRole('button', { name: 'この方を加える' }).click(); await page.getByRole('alert').waitFor(); },
  'programme, devices': async (page) => { await enter(page, '/programme/#/manage/machines', 'minato'); await page.getByRole('button', { name: /を使えなくする$/ }).first().waitFor(); },
  'programme, record': async (page) => { await enter(page, '/programme/#/manage/audit', 'minato'); await page.locator('tbody tr').first().waitFor(); },
  'programme, contract': async (page) => { await enter(page, '/programme/#/contract', 'minato'); await page.getByText('提供中です').first().waitFor(); },
  'operator, contract': async (page) => { await enter(page, `/operator/#/sites/${clinic.site}/contract`, 'nishi'); await page.getByRole('button', { name: /を解約する$/ }).first().click(); await page.getByRole('dialog').waitFor(); },
  'operator, hours': async (page) => { await enter(page, '/operator/#/hours', 'nishi'); await page.getByRole('button', { name: '予告する' }).click(); await page.getByRole('alert').waitFor(); },
  'operator, record': async (page) => { await enter(page, '/operator/#/record', 'nishi'); await page.locator('tbody tr').first().waitFor(); },
  'operator, sites': async (page) => { await enter(page, '/operator/#/sites', 'nishi'); await page.getByRole('link', { name: /を開く$/ }).first().waitFor(); },
  'operator, approvals': async (page) => { await enter(page, '/operator/', 'nishi'); await page.getByRole('button', { name: /の機器を見る/ }).first().click(); },
  'operator, films': async (page) => { await enter(page, '/operator/#/films', 'nishi'); await page.getByRole('button', { name: /を取り下げる$/ }).first().click(); await page.getByRole('dialog').waitFor(); },
  'operator, programmes': async (page) => { await enter(page, '/operator/#/programmes', 'nishi'); await page.getByRole('button', { name: /配信する$/ }).first().click(); await page.getByRole('dialog').waitFor(); },
  'operator, builder': async (page) => {
    await enter(page, '/operator/#/programmes/make', 'nishi');
    await page.getByRole('button', { name: /を加える$/ }).first().click();
    await page.getByRole('button', { name: /の流し方$/ }).click();
  },
  'operator, plays': async (page) => { await enter(page, '/operator/#/plays', 'nishi'); await page.getByLabel('映像').waitFor(); },
  'programme, dialog': async (page) => {
    await enter(page, '/programme/', 'minato');
    await page.getByRole('button', { name: 'この番組表を承認する' }).click();
    await page.getByRole('dialog').waitFor();
  },
};

const tooWide = () => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return wide <= 0 ? [] : [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
    .map((one) => `${one.tagName}.${one.className} +${wide}`);
};

for (const [name, go] of Object.entries(PAGES)) {
  test(name, async () => {
    const work = /^(staff|programme|operator)/.test(name);
    const large = !/^staff/.test(name); // the console has a layout of its own at 200 %
    const page = await browser.page({ reducedMotion: 'reduce', viewport: work ? { width: 1440, height: 900 } : { width: 390, height: 844 } });
    await go(page);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], colorScheme);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    assert.deepEqual(await page.evaluate(tooWide), [], '320 px');
    if (large) {
      await page.setViewportSize({ width: work ? 820 : 390, height: 844 });
      await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
      assert.deepEqual(await page.evaluate(tooWide), [], 'text at 200 %');
    }
    await page.context().close();
  });
}

// 1180 px at 200 % is 590 px: the console must still call.
test('the console at 200 % still shows whom it would call', async () => {
  const page = await browser.page({ viewport: { width: 590, height: 410 }, deviceScaleFactor: 2 });
  await PAGES.staff(page);
  assert.deepEqual(await page.evaluate(tooWide), []);
  const next = page.getByRole('button', { name: /^次の方を呼ぶ/ }).first();
  await next.scrollIntoViewIfNeeded();
  assert.equal(await next.isVisible(), true);
  await page.context().close();
});

test('touch targets of the console are at least 44 px high', async () => {
  const page = await browser.page({ hasTouch: true });
  await PAGES.staff(page);
  const small = await page.evaluate(() => [...document.querySelectorAll('button, .choice')].filter((one) => one.offsetHeight > 0 && one.offsetHeight < 44).map((one) => one.textContent));
  assert.deepEqual(small, []);
  await page.context().close();
});

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
