// The pictures of README.md, taken from a running house: sh cmake/try.sh --pictures
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { sleep, until } from './process.mjs';
import { logIn, openBrowser, openPage } from './browser.mjs';

const out = path.resolve('assets/pictures');

const shot = (house, screen, name) => house.ctl('screenshot', path.join(out, `${name}.png`), screen);

async function take(house, service) {
  await until('the start screen', async () => {
    if ((await house.ctl('status')).terminal.screen === 'start') return true;
    await house.ctl('tap', 'finish').catch(() => {});
    return false;
  });
  const { tickets } = await house.ctl('tickets');
  await house.ctl('tap', `service:${service}`);
  await until('the ticket', async () => (await house.ctl('status')).terminal.screen === 'ticket');
  await until('its slip', async () => (await house.slips()).length > tickets.length);
}

async function terminal(house) {
  for (const service of ['adult', 'child', 'adult', 'vaccine', 'child', 'adult', 'child', 'adult', 'vaccine', 'adult', 'child', 'adult', 'adult', 'child']) {
    await take(house, service);
  }
  await take(house, 'adult');
  await shot(house, 'terminal', 'terminal-ticket');
  await copyFile(house.at('slips', (await house.slips()).at(-1)), path.join(out, 'slip.png'));
  await house.ctl('tap', 'finish');
  await until('the start screen', async () => (await house.ctl('status')).terminal.screen === 'start');
  await sleep(300);
  await shot(house, 'terminal', 'terminal-start');
  await house.printerState('paper_out');
  await house.ctl('tap', 'service:child');
  await until('no slip', async () => (await house.ctl('status')).terminal.screen === 'no_slip');
  await shot(house, 'terminal', 'terminal-no-slip');
  await house.printerState('ok');
}

const ticketOf = async (house, number) =>
  (await house.ctl('tickets')).tickets.find((one) => one.number === number).ticket;

async function pay(house, number) {
  const ticket = await ticketOf(house, number);
  await house.act({ kind: 'ticket_in_room', ticket }, { kind: 'ticket_transferred', ticket, desk: 2 });
  await house.act({ kind: 'ticket_called', ticket, desk: 2, room: 'payment' });
  await until('the call to payment', async () => (await house.ctl('status')).monitor.stage?.number === number);
  await sleep(2500);
}

async function calls(house, browser) {
  const page = await openPage(browser);
  await logIn(page, `${house.url}/staff/`, 'reception', house.demo.people.reception);
  const next = page.getByRole('button', { name: /次の方を呼ぶ/ }).first();
  const status = async () => (await house.ctl('status')).monitor;
  for (const number of ['1', '2', '3']) {
    await next.click();
    await until(`the call of ${number}`, async () => (await status()).stage?.number === number);
    await sleep(2500);
    if (number === '1') await pay(house, '1');
    if (number === '2') await house.act({ kind: 'ticket_in_room', ticket: await ticketOf(house, '2') });
  }
  await shot(house, 'monitor', 'monitor-call');
  await page.screenshot({ path: path.join(out, 'staff.png') });
  await until('the stage to leave', async () => !(await status()).stage, { seconds: 60 });
  await until('a film', async () => (await status()).picture === 'film', { seconds: 60 });
  await shot(house, 'monitor', 'monitor');
  await page.context().close();
}

async function pages(house, browser) {
  const phone = await openPage(browser, { width: 390, height: 844 });
  await phone.goto(`${house.url}/q/${house.demo.clinic_no}-1`);
  await phone.getByText('お待ち').first().waitFor();
  await sleep(1000);
  await phone.screenshot({ path: path.join(out, 'patient.png') });
  const page = await openPage(browser, { width: 1280, height: 900 });
  await logIn(page, `${house.url}/programme/`, 'manager', house.demo.people.manager);
  await page.getByRole('button', { name: /番組表を承認する/ }).first().waitFor();
  await sleep(15000); // the cloud makes each film's still when it is asked for the first time
  await page.screenshot({ path: path.join(out, 'programme.png') });
}

export async function pictures(house) {
  await mkdir(out, { recursive: true });
  await house.startAll();
  const browser = await openBrowser();
  try {
    await terminal(house);
    await calls(house, browser);
    await pages(house, browser);
  } finally {
    await browser.close();
  }
  console.log(`      pictures are in ${path.relative(process.cwd(), out)}`);
}
