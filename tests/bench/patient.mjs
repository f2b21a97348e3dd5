#!/usr/bin/env node
// Patients' pages on a phone: bytes and requests of a first view, the time until it can be read and until it
// lives, and from a call to the own page, on several lines and with a slowed processor (Chromium's own emulation).
//
//   node tests/bench/patient.mjs BUILD_DIR [ROUNDS]          a release build; 9 rounds
//
// "read": the first paint with something on it; the server writes the figures into the page, so they are it.
// "live": the script has drawn the page and hears of calls (of the booking: its first step can be filled in).
// Each round has an empty cache. Emulation delays answers, not the handshakes of TCP and TLS: what those would
// cost is added as two round trips of the line. Not a test: the load stands beside the figures.
import { loadavg } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { sleep } from '../../cmake/try/process.mjs';
import { Browser, Clinic, QUEUE, SETTINGS } from '../web/clinic.mjs';

const [build, rounds = '9'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/patient.mjs BUILD_DIR [ROUNDS]');
  process.exit(2);
}

const HANDSHAKES = 2;
const kbit = (n) => (n * 1000) / 8;
const LINES = {
  'no limit': { latency: 0, down: -1, up: -1, cpu: 1 },
  '4G, processor / 4': { latency: 150, down: kbit(1600), up: kbit(750), cpu: 4 },
  '3G, processor / 6': { latency: 400, down: kbit(400), up: kbit(400), cpu: 6 },
};
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true };

const middle = (list, share = 0.5) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))];

async function phone(browser, line) {
  const page = await browser.page(PHONE), wire = await page.context().newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.emulateNetworkConditions', { offline: false, latency: line.latency, downloadThroughput: line.down, uploadThroughput: line.up });
  await wire.send('Emulation.setCPUThrottlingRate', { rate: line.cpu });
  return { page, wire };
}

/** When something of the page is there first, by the page's own clock. */
const watch = (selector) => {
  const look = () => { if (window.shownAt === undefined && document.querySelector(selector)) window.shownAt = performance.now(); };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
};

async function view(browser, line, url, live) {
  const { page, wire } = await phone(browser, line);
  let bytes = 0, requests = 0;
  wire.on('Network.dataReceived', (part) => { bytes += part.encodedDataLength; });
  wire.on('Network.responseReceivedExtraInfo', (part) => { requests += 1; bytes += (part.headersText ?? JSON.stringify(part.headers)).length; });
  await page.addInitScript(watch, live);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.shownAt !== undefined && performance.getEntriesByName('first-contentful-paint').length > 0, null, { timeout: 60000 });
  const [read, at] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0].startTime, window.shownAt]);
  await sleep(300);
  await page.context().close();
  const away = HANDSHAKES * line.latency;
  return { bytes, requests, read: read + away, live: at + away };
}

/** From the console's request to the orange plate on the own page, by this process' clock. */
async function calls(browser, clinic, line) {
  const times = [];
  for (let i = 0; i < Number(rounds); i += 1) {
    const ticket = await clinic.ticket(), { page } = await phone(browser, line);
    await page.goto(`${clinic.url}/t/${ticket.code}`);
    await page.locator('.age').waitFor();
    await sleep(500);
    const shown = page.locator('.calling').waitFor(), from = performance.now();
    await clinic.call(ticket);
    await shown;
    times.push(performance.now() - from);
    await page.context().close();
    await clinic.clear();
  }
  return times;
}

SETTINGS.remote = { open: true };
SETTINGS.address = '神奈川県横浜市中区港町1-2-3';
const clinic = await Clinic.open(path.join(path.resolve(build), 'cloud/machiai-cloud')), browser = await Browser.open();
try {
  const tickets = [];
  for (let i = 0; i < 6; i += 1) tickets.push(await clinic.ticket());
  await clinic.call(tickets[0]);
  const pages = {
    'clinic': [`/q/${QUEUE}`, '.age'], 'own page': [`/t/${tickets[5].code}`, '.age'],
    'booking': [`/q/${QUEUE}/book`, '.count'], 'finding a clinic': ['/q/', '.clinic'],
  };
  for (const [name, line] of Object.entries(LINES)) {
    for (const [what, [where, live]] of Object.entries(pages)) {
      const seen = [];
      for (let i = 0; i < Number(rounds); i += 1) seen.push(await view(browser, line, clinic.url + where, live));
      const of = (key) => Math.round(middle(seen.map((one) => one[key])));
      console.log(`${name}: ${what}: ${(of('bytes') / 1000).toFixed(1)} KB, ${of('requests')} requests, read ${of('read')} ms, live ${of('live')} ms (most ${Math.round(middle(seen.map((one) => one.live), 1))})`);
    }
  }
  await clinic.clear();
  for (const [name, line] of Object.entries(LINES)) {
    const times = await calls(browser, clinic, line);
    console.log(`${name}: call to own page: median ${Math.round(middle(times))} ms, most ${Math.round(middle(times, 1))} ms`);
  }
  console.log(`${rounds} rounds, load ${loadavg().map((n) => n.toFixed(1)).join(' ')}`);
} finally {
  await browser.close();
  await clinic.close();
}
