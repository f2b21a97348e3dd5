// The main job once, through the same doors that people use: touch, slip, browser, monitor, films.
import { strict as assert } from 'node:assert';
import { until } from './process.mjs';
import { logIn, openBrowser, openPage } from './browser.mjs';

async function takeNumber(house, say) {
  await house.ctl('tap', 'service:adult');
  const ticket = await until('a ticket', async () => {
    const { tickets } = await house.ctl('tickets');
    return tickets.find((one) => one.state === 'waiting');
  });
  say(`touch: ticket ${ticket.number} is stored`);
  const slips = await until('the slip', async () => {
    const names = await house.slips();
    return names.length > 0 && names;
  });
  say(`slip: ${house.at('slips', slips[0])}`);
  assert.equal(slips.length, 1, 'one touch, one slip');
  return ticket;
}

async function callFromBrowser(house, browser, ticket, say) {
  const page = await openPage(browser);
  await logIn(page, `${house.url}/staff/`, 'reception', house.demo.people.reception);
  await page.getByRole('button', { name: /次の方を呼ぶ/ }).first().click();
  const status = await until('the call on the monitor', async () => {
    const now = await house.ctl('status');
    return now.monitor?.stage?.number === ticket.number && now;
  });
  say(`call: the staff page called, the monitor shows ${status.monitor.stage.number} ${status.monitor.stage.room}`);
  await house.ctl('screenshot', house.at('monitor-call.png'), 'monitor');
  say(`monitor: ${house.at('monitor-call.png')}`);
  await page.context().close();
}

const playing = (house, kinds, reason) => until(`the player: ${kinds}, ${reason}`, async () => {
  const { playing: item } = await house.ctl('status');
  return item && kinds.includes(item.kind) && item.reason === reason && item;
}, { seconds: 90 });

async function approve(house, browser, say) {
  const relaxation = await playing(house, ['substitute'], 'unapproved');
  say(`programme not approved: plays 「${relaxation.title}」 (${relaxation.reason})`);
  const page = await openPage(browser);
  await logIn(page, `${house.url}/programme/`, 'manager', house.demo.people.manager);
  await page.getByRole('button', { name: /番組表を承認する/ }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: /承認する/ }).click();
  await page.getByText(/承認済み|承認しました/).first().waitFor();
  say('programme: approved on the contractor\'s page');
  const film = await playing(house, ['health', 'advertisement'], 'scheduled');
  say(`programme approved: plays 「${film.title}」 (${film.kind})`);
  await page.context().close();
}

export async function smoke(house) {
  const say = (text) => console.log(`      ${text}`);
  await house.startAll();
  say('cloud, printer and kiosk are running; the kiosk enrolled with its code');
  const browser = await openBrowser();
  try {
    const ticket = await takeNumber(house, say);
    await callFromBrowser(house, browser, ticket, say);
    await approve(house, browser, say);
  } finally {
    await browser.close();
  }
}
