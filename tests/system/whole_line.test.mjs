// Touch, slip, call, film: the main job, through the same steps as `cmake/try.sh --smoke`.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { inHouse, run, tickets, until } from './fixture.mjs';
import { smoke } from '../../cmake/try/smoke.mjs';

test('the whole line', async () => {
  await inHouse(async (house) => {
    await smoke(house);

    // the slip's QR leads to its holder's page, which knows the call and nothing but the number
    const [slip] = await house.slips();
    const url = (await run('zbarimg', ['-q', '--raw', house.at('slips', slip)])).trim();
    assert.ok(url.startsWith(`${house.url}/t/`), url);
    const code = url.split('/').pop();
    const holder = await house.api('GET', `/api/v1/tickets/${code}`);
    assert.equal(holder.status, 200);
    assert.equal(holder.json.state, 'called');

    // a double tap makes one ticket
    await house.ctl('tap', 'finish').catch(() => {});
    await until('the start screen', async () => (await house.ctl('status')).terminal.screen === 'start', { seconds: 30 });
    const before = (await tickets(house)).length;
    await Promise.all([house.ctl('tap', 'service:adult'), house.ctl('tap', 'service:naika').catch(() => {})]);
    await until('the second ticket', async () => (await tickets(house)).length > before);
    await until('the second slip', async () => (await house.slips()).length === 2);
    const all = await tickets(house);
    assert.equal(all.length, before + 1);
    assert.equal(new Set(all.map((one) => one.number)).size, all.length);

    // what anyone may see names nobody
    const view = await house.api('GET', `/api/v1/queues/${house.demo.clinic_no}-1`);
    assert.equal(view.json.waiting, 1);
    for (const one of all) assert.ok(!view.text.includes(one.ticket), 'a ticket id on a public view');
  });
});
