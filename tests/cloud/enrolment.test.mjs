// The line is cut at the answer to an enrolment: the kiosk asks again and is the same device.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import tls from 'node:tls';
import { test } from 'node:test';
import { until, withCloud } from './clinics.mjs';

/** Sends the request and hears nothing of its answer. */
function askAndLose(house, body) {
  const text = JSON.stringify(body);
  return new Promise((done, fail) => {
    const socket = tls.connect({ port: house.port, host: '127.0.0.1', ca: house.ca, checkServerIdentity: () => undefined }, () => {
      socket.write(`POST /api/v1/devices/enrol HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`, () => socket.pause());
      done(socket);
    }).on('error', fail);
  });
}

test('an enrolment whose answer is lost is done once', { timeout: 120000 }, () => withCloud([], async (house) => {
  await house.startCloud();
  const [clinic] = await house.addClinics(1), { code } = await house.admin('device', 'code', '--site', clinic.site);
  const body = { code, name: 'kiosk', secret: randomBytes(32).toString('base64url') }, enrol = (more) => house.api('POST', '/api/v1/devices/enrol', { ...body, ...more });
  const devices = async () => (await house.admin('device', 'list', '--site', clinic.site)).devices;

  const socket = await askAndLose(house, body);
  await until('the device', async () => (await devices()).length === 1);
  socket.destroy();
  const again = await Promise.all([enrol(), enrol(), enrol()]);
  for (const { status, text } of again) assert.equal(status, 200, text);
  assert.equal(new Set(again.map(({ text }) => text)).size, 1, 'device, token and letter are the same each time');
  assert.match(again[0].json.letter, /^[A-Z]$/);
  assert.equal((await house.api('GET', '/api/v1/device', undefined, { Authorization: `Bearer ${again[0].json.token}` })).json.device, (await devices())[0].device);

  for (const secret of [randomBytes(32).toString('base64url'), undefined]) {
    const other = await enrol({ secret });
    assert.deepEqual([other.status, other.json.error], [403, 'used_code'], 'whoever only has the code learns nothing');
  }
  assert.equal((await enrol({ secret: 'short' })).status, 400);

  await house.endCloud('SIGTERM'); // a restart forgets nothing
  await house.startCloud();
  assert.equal((await enrol()).json.token, again[0].json.token);
  await house.admin('device', 'revoke', '--device', again[0].json.device);
  assert.equal((await enrol()).status, 403, 'a revoked device is no way in');
  assert.equal((await devices()).length, 1);
}));

test('of two kiosks with one code at the same moment one is let in, however often both ask', { timeout: 120000 }, () => withCloud([], async (house) => {
  await house.startCloud();
  const [clinic] = await house.addClinics(1), { code } = await house.admin('device', 'code', '--site', clinic.site);
  const secrets = [0, 1].map(() => randomBytes(32).toString('base64url'));
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => house.api('POST', '/api/v1/devices/enrol', { code, secret: secrets[i % 2] }).then(({ status, json }) => ({ status, token: json.token, kiosk: i % 2 }))));
  const good = answers.filter(({ status }) => status < 300);
  assert.equal(new Set(good.map(({ kiosk }) => kiosk)).size, 1);
  assert.equal(new Set(good.map(({ token }) => token)).size, 1);
  assert.equal(good.length, 3, JSON.stringify(answers));
}));
