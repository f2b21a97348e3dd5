// Every line of the cloud's log is one JSON object, and no line has anything of a person in it or
// anything that opens a door: every route is called with marked values, as its example shows it and
// with them in odd places, and then no mark is in the log. MACHIAI_BUILD names the build directory.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { story, World } from './api_world.mjs';

const MARKS = { patient: '0073019468', birth: '1947-02-03', person: '標識山印子', mail: 'mark.sign@example.jp', typed: 'typed-by-somebody-5510' };
const SECRET_KEYS = new Set(['token', 'csrf', 'code', 'secret', 'recovery', 'url', 'uri', 'check_in', 'claim_key', 'signature']);
const SECRET_MIN = 6; // shorter values are no secrets: "14", "ok"

let world;
before(async () => { world = await World.make({ names: { patient: MARKS.patient, birth: MARKS.birth } }); });
after(async () => {
  await world?.house.stop();
  await world?.house.remove();
});

/** What an answer gave that nobody else may know. */
function harvest(value, key, found) {
  if (typeof value === 'string' && SECRET_KEYS.has(key) && value.length >= SECRET_MIN) found.add(value);
  else if (value && typeof value === 'object') for (const [name, one] of Object.entries(value)) harvest(one, Array.isArray(value) ? key : name, found);
}

/** The request with a mark wherever a client can put one; all of them are refused or ignored. */
function* marked(operation, request) {
  const mark = MARKS.typed;
  yield { ...request, query: { ...request.query, name: mark } };
  for (const name of Object.keys(request.params)) yield { ...request, params: { ...request.params, [name]: mark } };
  yield { ...request, headers: { Cookie: `machiai_session=${mark}`, Authorization: `Bearer ${mark}`, 'X-Forwarded-For': mark, 'User-Agent': mark, Referer: `https://${mark}/`, 'Last-Event-ID': mark } };
  if (!operation.body) return;
  yield { ...request, body: Buffer.from(`{"${mark}":`) };
  yield { ...request, body: Buffer.from(JSON.stringify({ [mark]: mark })) };
  if (request.body && typeof request.body === 'object' && !Buffer.isBuffer(request.body)) for (const key of Object.keys(request.body)) yield { ...request, body: { ...request.body, [key]: mark } };
}

test('no name, number, birth date, address, token or secret is in a log line, and each line is JSON', { timeout: 300000 }, async () => {
  const secrets = new Set([...Object.values(MARKS), world.password, ...['suzuki', 'minato', 'nishi', 'leaver', 'factory', 'tanaka'], ...Object.values(world.as).flatMap((one) => Object.values(one).map((text) => text.replace(/^(machiai_session=|Bearer )/, '')))]);
  world.live.set(world.example('personAdd').name, MARKS.person);
  world.live.set(world.example('putName').name, MARKS.person);
  world.live.set(world.example('holderMail').address, MARKS.mail);
  world.live.set(world.example('contractAct').cause, MARKS.person);
  world.live.set(world.example('filmWithdraw').reason, MARKS.person);
  for (const [id, who, { before: prepare } = {}, then] of story(world.client)) {
    await prepare?.(world);
    const operation = world.operation(id), request = world.request(id, who);
    const { headers, bytes } = await world.client.call(operation, request);
    const json = /json/.test(headers['content-type']) && bytes.length ? JSON.parse(bytes) : null;
    if (id !== 'openapi') harvest(json, '', secrets);
    if (json && !json.error) then?.(world, json);
    await Promise.all([...marked(operation, request)].map((one) => world.client.call(operation, one)));
  }
  for (const value of [...world.live.values()].filter((one) => typeof one === 'string')) if (/^[A-Z]{4}-[A-Z]{4}$/.test(value)) secrets.add(value);
  assert.deepEqual(await world.stop(), { code: 0, signal: null });
  const lines = (await readFile(world.house.cloud.log, 'utf8')).trimEnd().split('\n').filter((line) => !line.startsWith('ready '));
  for (const secret of secrets) for (const line of lines) assert.ok(!line.includes(secret), `${secret} is in: ${line}`);
  const parsed = lines.map((line) => JSON.parse(line));
  assert.ok(parsed.length > world.client.operations.size, 'a line a request');
  assert.ok(parsed.some(({ level, request }) => level && request), 'what a request caused says which one it was');
  for (const line of parsed) assert.ok(line.at && (line.message ? line.level : line.request && line.route && line.status !== undefined), JSON.stringify(line));
});
