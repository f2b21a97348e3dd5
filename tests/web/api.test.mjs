// Every operation of the OpenAPI document, called by a client made from it: as its examples show it,
// and with bad and hostile input. MACHIAI_BUILD names the build directory.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { faultsOfExamples } from './api_client.mjs';
import { hostile } from './api_hostile.mjs';
import { story, World } from './api_world.mjs';

const AT_ONCE = 6, EVERY = 4, DUMP_MAX = 256 << 20;
const run = promisify(execFile);

/** They draw, hash passwords, or hold their answer back: every fourth request is enough. */
const SLOW = new Set(['draw', 'clinicContentMake', 'clinicContentChange', 'photoPut', 'login', 'lock', 'factorRemoval', 'passwordReset', 'enrol']);

let world;
before(async () => { world = await World.make(); });
after(async () => {
  await world?.house.stop();
  await world?.house.remove();
});

test('every operation has examples, which fit its schemas, and a place in the story', () => {
  assert.deepEqual(faultsOfExamples(world.client), []);
  assert.deepEqual(story(world.client).map(([id]) => id).sort(), [...world.client.operations.keys()].sort());
});

test('as the examples show it, every operation does its work and answers as declared', async () => {
  const faults = [];
  for (const [id, who, { before: prepare, answer: expected } = {}, then] of story(world.client)) {
    await prepare?.(world);
    const operation = world.operation(id), answer = await world.client.api[id](world.request(id, who));
    const fault = world.client.judge(operation, answer);
    if (fault) faults.push(`${id}: ${fault}`);
    if (expected ? answer.status !== expected : answer.status >= 400) faults.push(`${id}: ${answer.status} ${answer.bytes.toString().slice(0, 300)}`);
    else then?.(world, answer.bytes.length ? JSON.parse(answer.bytes) : null);
  }
  assert.deepEqual(faults, []);
});

const difference = (one, other) => {
  const [had, has] = [new Set(one), new Set(other)];
  return [...one.filter((line) => !has.has(line)).map((line) => `- ${line}`), ...other.filter((line) => !had.has(line)).map((line) => `+ ${line}`)];
};

/** Everything that is stored, but for who was when here and what was tried. */
async function stored() {
  const { stdout } = await run('sqlite3', ['-readonly', world.house.at('cloud/machiai.db'), '.timeout 10000', '.dump'], { maxBuffer: DUMP_MAX, encoding: 'latin1' });
  return stdout.split('\n').filter((line) => !/^INSERT INTO (audit|web_sessions|device_status|sqlite_sequence) /.test(line));
}

/** Sends them some at a time; [what, request, status, fault] of each. */
async function ask(operation, requests) {
  const results = [], waiting = [...requests];
  const one = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [what, request] = next;
      const answer = await world.client.call(operation, request).catch((error) => ({ error }));
      results.push({ what, request, status: answer.status, fault: answer.error ? `no answer: ${answer.error.message}` : world.client.judge(operation, answer) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return results;
}

test('bad and hostile input: a declared answer to each, and what is refused changes nothing', { timeout: 540000 }, async (t) => {
  const faults = [];
  const askers = Object.fromEntries(story(world.client).map(([id, who]) => [id, who]));
  let count = 0, refusals = 0;
  for (const operation of world.client.operations.values()) {
    const request = world.request(operation.id, askers[operation.id]);
    const requests = [...hostile(operation, request)].filter((_, i) => i % (SLOW.has(operation.id) ? EVERY : 1) === 0);
    const results = await ask(operation, requests), refused = results.filter(({ status }) => status >= 400);
    for (const { what, fault } of results) if (fault) faults.push(`${operation.id}, ${what}: ${fault}`);
    const before = await stored(), again = await ask(operation, refused.map(({ what, request: one }) => [what, one]));
    if (again.every(({ status }) => status >= 400)) {
      const changed = difference(before, await stored());
      if (changed.length) faults.push(`${operation.id}: refused, and yet changed: ${changed.slice(0, 3).join(' | ')}`);
    }
    count += results.length;
    refusals += refused.length;
  }
  t.diagnostic(`${count} requests, ${refusals} refused`);
  assert.deepEqual(faults, []);
  assert.equal((await world.house.api('GET', '/healthz')).status, 200);
});

test('it ends as it should, and has said nothing of a fault', async () => {
  const how = await world.stop(), log = await readFile(world.house.cloud.log, 'utf8');
  assert.deepEqual(how, { code: 0, signal: null }, log.slice(-4000));
  assert.deepEqual(log.split('\n').filter((line) => /error: |"status":500|Sanitizer/.test(line)), []);
});
