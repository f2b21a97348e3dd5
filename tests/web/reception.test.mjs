// Remote reception as a stranger meets it: who guesses learns nothing and is slowed down.
// MACHIAI_CLOUD names the built machiai-cloud.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Clinic, QUEUE, SETTINGS } from './clinic.mjs';

const CARD_GUESSES = 5; // GUARD_CARD_GUESSES
let clinic;
before(async () => {
  SETTINGS.remote = { open: true };
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD);
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
