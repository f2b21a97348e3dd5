/* The line between kiosk and cloud: the band of the kiosk's own page, what the cloud's page says of a
 * kiosk that it cannot reach, and where the kiosk's page is. */
import { html } from './preact.js';
import { say, text } from './words.js';
import { Icon } from './icons.js';
import { Dialog } from './dialog.js';
import { digits, minutesSince } from './when.js';

/* Kiosks that have a page of their own; kept, so that it is known when the line is gone. */
export const pagesOf = (view) => (view.devices ?? []).filter((device) => device.lan);
export const addressOf = (device) => `${device.lan.url}/staff/`;

export function Pages({ devices }) {
  return html`<p class="pages">${devices.map((device) => html`<a key=${device.device} class="button" href=${addressOf(device)} target="_blank" rel="noopener">
    ${say('lan.open', { device: device.name })}</a>`)}</p>`;
}

/* On the kiosk's page: ink while the line is down, plain once it is back. */
export function Line({ line }) {
  if (line.online) {
    return html`<div class="banner plain line" role="status"><${Icon} name="info" /><div><strong>${say('line.up')}</strong>
      <p>${say(line.unsent ? 'line.up.sending' : 'line.up.help', { n: line.unsent })}</p></div>
      <a class="button" href=${`${line.cloud}/staff/`}>${say('line.up.open')}</a></div>`;
  }
  const n = line.since ? minutesSince(line.since) : 0;
  const head = line.since ? say('line.down', { time: digits(line.since), n }) : say('line.down.unknown');
  return html`<div class="banner lost line" role="alert"><${Icon} name="lost" size="28" /><div><strong>${head}</strong>
    <p>${say(line.letter ? 'line.down.help' : 'line.down.help.plain', { letter: line.letter })}</p></div>
    <p class="unsent"><span>${say('line.unsent')}</span><b class="number">${line.unsent}</b> ${say('line.unsent.unit')}</p></div>`;
}

/* On the cloud's page: kiosks that do not answer, and what to do. */
export function Away({ view }) {
  const away = (view.devices ?? []).filter((device) => !device.online && device.seen);
  const pages = away.filter((device) => device.lan);
  if (!away.length) return null;
  const first = Math.min(...away.map((device) => device.seen));
  return html`<div class="banner lost line" role="alert"><${Icon} name="lost" size="28" /><div>
    <strong>${say('away', { device: away.map((device) => device.name).join(text('note.join')), time: digits(first) })}</strong>
    <p>${say(pages.length ? 'away.help' : 'away.help.none')}</p></div>${pages.length > 0 && html`<${Pages} devices=${pages} />`}</div>`;
}

/* How a computer of the clinic comes to trust a kiosk's page, once. */
export function Trust({ view, onClose }) {
  const devices = pagesOf(view);
  return html`<${Dialog} title=${say('lan.title')} safe=${say('lan.close')} onClose=${onClose} wide>
    <p>${say('lan.help')}</p>
    ${!devices.length && html`<p>${say('lan.none')}</p>`}
    ${devices.map((device) => html`<section key=${device.device} class="trust"><h3>${device.name}</h3>
      <p><a class="button" href=${addressOf(device)} target="_blank" rel="noopener">${say('lan.open', { device: device.name })}</a> <span class="note">${addressOf(device)}</span></p>
      <ol><li>${say('lan.trust.1')} <a href=${`${device.lan.url}/machiai-kiosk.crt`}>${say('lan.trust.file')}</a></li>
        <li>${say('lan.trust.2')}<code>${device.lan.fingerprint.replace(/(.{23}):/g, '$1 ')}</code></li><li>${say('lan.trust.3')}</li></ol></section>`)}<//>`;
}
