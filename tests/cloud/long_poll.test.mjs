// The streams' long-poll: an answer that is held until there is something newer, on the same log.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { CloudHouse, sleep } from './clinics.mjs';

const WAITERS = 100; // three times as many as the cloud has workers
const SOON_MS = 1000, TRIES = 3; // a busy machine may be slow once
const AT_ONCE_MS = 4000, HELD_MS = 300; // nothing waited for the views' renewal, every 5 s

let house, clinic, another, device;
before(async () => {
  house = await CloudHouse.make();
  await house.startCloud();
  [clinic, another] = await house.addClinics(2);
  const { code } = await house.admin('device', 'code', '--site', clinic.site);
  const { json } = await house.api('POST', '/api/v1/devices/enrol', { code, name: 'kiosk' });
  device = { Authorization: `Bearer ${json.token}` };
});
after(async () => {
  await house?.stop();
  await house?.remove();
});

const patients = () => `/api/v1/queues/${clinic.queue}/events`;
const staff = (of = clinic) => `/api/v1/sites/${of.site}/events`;

/** { status, text, ms, blocks, id } of an answer that has ended by itself; id: the last that it names. */
function once(where, { wait = 20, last, headers = {} } = {}) {
  const began = performance.now();
  return new Promise((done, fail) => {
    const url = `${house.url}${where}?wait=${wait}`;
    const request = https.get(url, { ca: house.ca, headers: { ...headers, ...(last ? { 'Last-Event-ID': last } : {}) } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('error', fail).on('end', () => {
        const blocks = text.split('\n\n').filter((block) => block.includes('event: '));
        done({ status: answer.statusCode, text, ms: performance.now() - began, blocks, id: [...text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] });
      });
    });
    request.on('error', fail).end();
  });
}

/** As once(); a device that is told to look at its people or its programme, which it is now and then, asks again. */
async function poll(where, options) {
  for (let i = 0; ; i += 1) {
    const answer = await once(where, options);
    if (i === 4 || !/^(event: (staff|programme)\ndata: \{\}\n\n)+$/.test(answer.text)) return answer;
  }
}

const issue = async (of = clinic) => assert.equal((await house.issue(of, randomUUID())).status, 201);
const held = async (answer, ms = HELD_MS) => assert.equal(await Promise.race([answer.then(({ text }) => text), sleep(ms)]), undefined, 'it was held');

/** The cursor after which nothing is newer. */
async function head(where, headers) {
  for (let last; ;) {
    const { id } = await poll(where, { wait: 1, last, headers });
    if (!id) return last;
    last = id;
  }
}

test('what is newer is answered at once; then the answer is held, and comes within a second of a change', async () => {
  for (const [where, headers] of [[patients(), {}], [staff(), clinic.headers], ['/api/v1/device/events', device]]) {
    const first = await poll(where, { headers }), took = [];
    assert.equal(first.status, 200);
    assert.ok(first.ms < AT_ONCE_MS, `${where}: ${first.ms} ms`);
    for (let i = 0; i < TRIES && !took.some((ms) => ms < SOON_MS); i += 1) {
      const last = await head(where, headers), next = poll(where, { last, headers });
      await held(next);
      const began = performance.now();
      await issue();
      const answer = await next;
      took.push(performance.now() - began);
      assert.match(answer.blocks[0], /\nevent: (queue|entry)\n/);
      assert.notEqual(answer.id, last);
      const missed = await poll(where, { last, headers }); // as if that answer had been lost
      assert.ok(missed.ms < AT_ONCE_MS && missed.id === answer.id, `${where}: ${missed.id}, not ${answer.id}`);
    }
    assert.ok(took.some((ms) => ms < SOON_MS), `${where}: ${took} ms after the change`);
  }
});

test('what only renews the view is no news: without a change the answer is empty when its time is over', async () => {
  for (const [where, headers] of [[patients(), {}], [staff(), clinic.headers], ['/api/v1/device/events', device]]) {
    const last = await head(where, headers), { status, text, ms } = await poll(where, { wait: 7, last, headers }); // views are renewed every 5 s
    assert.deepEqual([status, text], [200, ''], where);
    assert.ok(ms > 6500 && ms < 9000, `${where}: ${ms} ms`);
  }
});

test('a cursor of another history: the present view at once, and for a device the restart', async () => {
  const last = await head('/api/v1/device/events', device), strange = `${last.split(':')[0]}:${'0'.repeat(64)}`;
  const entries = await poll('/api/v1/device/events', { last: strange, headers: device });
  assert.match(entries.blocks[0], /event: restart/);
  assert.match(entries.text, /\nid: 1:[0-9a-f]{64}\nevent: entry\n/);
  assert.equal(entries.id, last);
  const view = await poll(patients(), { last: '9999:0123456789abcdef' });
  assert.match(view.text, /event: queue\ndata: \{/);
  for (const one of [entries, view]) assert.ok(one.ms < AT_ONCE_MS);
});

test('a wait that is none is refused', async () => {
  for (const wait of ['0', '26', '-1', '5s', '', '1.5', '999999999999']) {
    const { status, text } = await poll(patients(), { wait });
    assert.equal(status, 400, wait);
    assert.equal(JSON.parse(text).field, 'wait');
  }
});

test('whoever waits keeps nobody from being served', async () => {
  const last = await head(patients()), waiting = Array.from({ length: WAITERS }, () => poll(patients(), { last }));
  await held(waiting[0], 2000);
  const began = performance.now();
  await house.numbers(clinic);
  assert.ok(performance.now() - began < AT_ONCE_MS, 'a worker answers');
  await issue();
  for (const { text, id } of await Promise.all(waiting)) assert.ok(id && id !== last, text);
});

test('whose session is over waits no longer', async () => {
  const last = await head(staff(another), another.headers), waiting = poll(staff(another), { last, headers: another.headers });
  await held(waiting);
  const began = performance.now();
  assert.equal((await house.api('DELETE', '/api/v1/sessions/current', undefined, another.headers)).status, 204);
  assert.equal((await waiting).text, '');
  assert.ok(performance.now() - began < 5000);
  assert.equal((await poll(staff(another), { headers: another.headers })).status, 401);
});

test('a device that asks again and again is not taken for one that comes and goes', async () => {
  const { seq, devices } = (await house.api('GET', `/api/v1/sites/${clinic.site}/queue`, undefined, clinic.headers)).json;
  const last = await head(staff(), clinic.headers), waiting = poll(staff(), { wait: 3, last, headers: clinic.headers });
  await poll('/api/v1/device/events', { wait: 1, last: await head('/api/v1/device/events', device), headers: device });
  assert.equal((await waiting).text, '', `nothing to see at ${seq}: ${JSON.stringify(devices)}`);
});

test('a cloud that is asked to stop ends all waits properly', async () => {
  const last = await head(patients()), waiting = Array.from({ length: 10 }, () => poll(patients(), { last }));
  await held(waiting[0]);
  const began = performance.now(), how = await house.endCloud('SIGTERM');
  for (const { status, text } of await Promise.all(waiting)) assert.deepEqual([status, text], [200, '']);
  assert.deepEqual(how, { code: 0, signal: null });
  assert.ok(performance.now() - began < 8000);
});
