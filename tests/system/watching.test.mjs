// The door for those who watch the cloud: figures that follow what happens, and nobody's name.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inHouse, staffView, until } from './fixture.mjs';

/** Values by name and labels; fails on a line that is not of the format. */
function parse(text) {
  const values = new Map();
  for (const line of text.split('\n').filter((one) => one && !one.startsWith('#'))) {
    const match = line.match(/^([a-z_]+(?:\{[a-z]+="[^"{}]*"\})?) (-?[0-9.e+]+)$/);
    assert.ok(match, `no line of the format: ${line}`);
    values.set(match[1], Number(match[2]));
  }
  return values;
}

test('metrics follow what happens; ready and healthy are told', async () => {
  await inHouse(async (house) => {
    house.cloudOptions = ['--listen-metrics', '127.0.0.1:0'];
    await house.startCloud();
    await house.furnish();
    const [, door] = await until('the door for metrics', async () => (await readFile(house.cloud.log, 'utf8')).match(/metrics at (http:\S+)\/metrics/));
    const read = async () => {
      const answer = await fetch(`${door}/metrics`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
      return answer.text();
    };

    const before = parse(await read());
    const { cookie, csrf } = await staffView(house);
    const issued = await house.api('POST', `/api/v1/queues/${house.demo.clinic_no}-1/tickets`,
      { ticket: randomUUID(), service: 'adult' }, { Cookie: cookie, 'X-CSRF-Token': csrf });
    assert.equal(issued.status, 201, issued.text);
    assert.equal((await house.api('GET', '/api/v1/nowhere')).status, 404);
    const text = await read(), after = parse(text);
    const grew = (name) => after.get(name) - before.get(name);

    assert.ok(grew('machiai_http_answers_total{class="2xx"}') >= 3); // login, queue, ticket
    assert.ok(grew('machiai_http_answers_total{class="4xx"}') >= 1);
    assert.equal(grew('machiai_tickets'), 1);
    assert.ok(grew('machiai_log_entries_total') >= 1);
    assert.equal(after.get('machiai_http_answer_ms_bucket{le="+Inf"}'), after.get('machiai_http_answer_ms_count'));
    const buckets = [...after].filter(([name]) => name.includes('_bucket')).map(([, value]) => value);
    assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b), 'a histogram grows');
    assert.equal(after.get('machiai_ready'), 1);
    assert.ok(after.get('machiai_disk_free_bytes') > 0 && after.get('machiai_database_bytes') > 0);
    for (const secret of [house.demo.site, house.demo.clinic_no, 'reception']) assert.ok(!text.includes(secret), `${secret} is told`);

    assert.equal((await fetch(`${door}/healthz`)).status, 200);
    assert.deepEqual(await (await fetch(`${door}/readyz`)).json(), { status: 'ready' });
    assert.equal((await house.api('GET', '/readyz')).status, 200);
    assert.equal((await fetch(`${door}/api/v1/openapi.json`)).status, 404, 'nothing else is served here');
    assert.equal((await house.api('GET', '/metrics')).status, 404, 'the public door tells no figures');
  });
});

test('article 37: who asks too much is told to wait, and the clinic behind the same address goes on', async () => {
  await inHouse(async (house) => {
    house.cloudOptions = ['--rate', '2']; // a reserve of 40 requests
    await house.startCloud();
    await house.furnish();
    const { cookie } = await staffView(house);
    const ask = () => house.api('GET', `/api/v1/queues/${house.demo.clinic_no}-1`);
    const answers = [];
    for (let i = 0; i < 80; i++) answers.push(await ask());
    const refused = answers.filter((one) => one.status === 429);
    assert.ok(refused.length > 0 && answers[0].status === 200);
    assert.equal(refused[0].json.error, 'too_many_requests');
    assert.ok(Number(refused[0].headers['retry-after']) >= 1);
    assert.equal((await house.api('GET', `/api/v1/sites/${house.demo.site}/queue`, undefined, { Cookie: cookie })).status, 200);
    await until('to be let in again', async () => (await ask()).status === 200, { every: 500 });
  });
});
