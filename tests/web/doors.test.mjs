// What anyone reads of a queue while the clinic's doors are shut: who came before they were is still waiting. With and
// without a script, from the real cloud. MACHIAI_CLOUD names the built machiai-cloud.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser, Clinic, PAYMENT, QUEUE, pictures } from './clinic.mjs';

let clinic;
let browser;
before(async () => {
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD, { awake: true });
  browser = await Browser.open();
});
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

const now = () => Math.floor(((clinic.clock.now() / 60000) + 9 * 60) % 1440); // minutes of the day
const DOORS = {
  break: () => [[0, now() - 1], [Math.min(now() + 120, 1438), 1439], null],
  before: () => [null, [Math.min(now() + 120, 1438), 1439], null],
  ended: () => [[0, now() - 1], null, null],
  closed: () => [null, null, null],
};

for (const [intake, week] of Object.entries(DOORS)) {
  test(`doors shut (${intake}): whoever still has to pay is counted, and an empty queue tells of the doors alone`, async () => {
    const ticket = await clinic.ticket();
    await clinic.act('ticket_transferred', ticket, { desk: 2 });
    const { status } = await clinic.api('PUT', `/api/v1/sites/${clinic.site}/opening`, { hours: { week: Array.from({ length: 7 }, week), closed: [], exceptions: [] } }, clinic.staff);
    assert.equal(status, 200);
    assert.equal((await clinic.api('GET', `/api/v1/queues/${PAYMENT}`)).data.intake, intake);
    for (const javaScriptEnabled of [true, false]) {
      const page = await browser.page({ javaScriptEnabled, viewport: { width: 390, height: 844 } });
      const texts = async (queue) => { await page.goto(`${clinic.url}/q/${queue}`); await page.locator('main h2').first().waitFor(); return page.locator('.card.waiting').allInnerTexts(); };
      assert.match((await texts(PAYMENT)).join(), /1人/, `script: ${javaScriptEnabled}`);
      if (javaScriptEnabled && intake === 'break') await pictures(page, 'doors-break');
      const empty = await texts(QUEUE);
      if (['before', 'closed'].includes(intake)) assert.deepEqual(empty, []);
      else assert.match(empty.join(), /いません/);
      await page.context().close();
    }
    await clinic.act('ticket_done', ticket);
  });
}

test('the browser complained about nothing', () => assert.deepEqual(browser.complaints, []));
