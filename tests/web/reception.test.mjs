// Remote reception as a stranger meets it: who guesses learns nothing and is slowed down.
// MACHIAI_CLOUD names the built machiai-cloud.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Clinic, QUEUE, SETTINGS } from './clinic.mjs';

const CARD_GUESSES = 5; // GUARD_CARD_GUESSES
let clinic;
before(async () => {
  SETTINGS.remote = { open: true };
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD, { awake: true });
  const patients = [{ card: '00123', birth: '1951-04-07' }];
  assert.equal((await clinic.api('PUT', `/api/v1/sites/${clinic.site}/patients`, { patients }, clinic.staff)).status, 200);
});
after(async () => { if (clinic) assert.equal(await clinic.close(), 0, clinic.log); });

const show = (card, birth) => clinic.api('POST', `/api/v1/queues/${QUEUE}/cards`, { card, birth });

test('a wrong card and a wrong birth date get one answer, and no list can be read', async () => {
  const [card, birth] = [await show('00124', '1951-04-07'), await show('00123', '1951-04-08')];
  assert.deepEqual([card.status, card.data], [422, birth.data]);
  assert.equal(birth.status, 422);
  const known = await clinic.api('GET', `/api/v1/sites/${clinic.site}/patients`, undefined, clinic.staff);
  assert.deepEqual(Object.keys(known.data).sort(), ['count', 'max']);
  assert.equal((await clinic.api('GET', `/api/v1/sites/${clinic.site}/patients`)).status, 401);
});

test('who types right is never held up', async () => {
  for (let i = 0; i < 3 * CARD_GUESSES; i += 1) assert.equal((await show('00123', '1951-04-07')).status, 204);
});

test('guesses at one card are paced, whether there is such a card or not', async () => {
  for (const card of ['00123', '99999']) {
    const answers = [];
    for (let day = 10; day < 11 + CARD_GUESSES; day += 1) answers.push(await show(card, `1960-01-${day}`));
    const last = answers.at(-1);
    assert.equal(last.status, 429, card);
    assert.equal(last.data.error, 'too_many_requests');
    assert.ok(Number(last.headers['retry-after']) > 0);
  }
});

test('a booking without the notice read, or with an invented ticket, is none', async () => {
  const persons = [{ ticket: randomUUID() }];
  assert.equal((await clinic.api('POST', `/api/v1/queues/${QUEUE}/bookings`, { purpose: false, persons })).status, 400);
  assert.equal((await clinic.view()).tickets.length, 0);
  assert.equal((await clinic.api('GET', '/api/v1/tickets/ABCDEFGHJKMNPQRS')).status, 404);
});

const book = (count = 1) => clinic.api('POST', `/api/v1/queues/${QUEUE}/bookings`, { purpose: true, persons: Array.from({ length: count }, () => ({ ticket: randomUUID() })) });
const reception = async () => (await clinic.api('GET', `/api/v1/queues/${QUEUE}`)).data.remote;

test('codes of tickets cannot be found by trying: what is wrong with one is not told', async () => {
  const { data } = await book(), { code } = data.tickets[0];
  assert.equal((await clinic.api('GET', `/api/v1/tickets/${code}`)).status, 200);
  const near = code.slice(0, -1) + (code.endsWith('a') ? 'b' : 'a');
  const answers = await Promise.all([near, code.slice(0, 8), 'x', '%00', "' OR 1=1"].map((one) => clinic.api('GET', `/api/v1/tickets/${encodeURIComponent(one)}`)));
  for (const one of answers) assert.deepEqual([one.status, one.data], [404, answers[0].data]);
});

test('the cap, a pause and the windows: what is said, and that nothing is taken', async () => {
  const settings = async (more) => {
    const file = path.join(clinic.dir, 'more.json');
    writeFileSync(file, JSON.stringify({ ...SETTINGS, ...more }));
    await clinic.admin('site', 'settings', '--site', clinic.site, '--file', file);
  };
  const refused = async (state, error) => {
    for (let i = 0; i < 100 && (await reception()).state !== state; i += 1) await new Promise((done) => { setTimeout(done, 100); });
    const before = (await clinic.view()).tickets.length, answer = await book();
    assert.deepEqual([(await reception()).state, answer.status, answer.data.error], [state, 409, error]);
    assert.equal((await clinic.view()).tickets.length, before);
    const card = await show('00123', '1951-04-07'); // nor is a card looked at
    assert.deepEqual([card.status, card.data.error], [409, error]);
  };
  const taken = (await clinic.view()).tickets.length;
  await settings({ desks: SETTINGS.desks.map((desk) => ({ ...desk, web_limit: taken + 1 })) });
  assert.equal((await book()).status, 201);
  await refused('full', 'full');
  await settings({ hours: { week: Array.from({ length: 7 }, () => [null, null, null]) } });
  await refused('closed', 'closed');
  await settings({ remote: { open: false } });
  await refused('none', 'no_service');
  await settings({ reservation_suspended: true });
  await refused('sorry', 'paused'); // and no cause
});
