// Bad input gets a clear message that says what to do; nothing crashes and no ticket is lost.
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import { inHouse, run, staffView, tickets, until } from './fixture.mjs';

const fails = (promise) => promise.then(() => assert.fail('it should have failed'), (error) => error);

test('configuration, codes, requests, films, printer', async (t) => {
  await inHouse(async (house) => {
    await house.startAll();
    const queue = `${house.demo.clinic_no}-1`;

    await t.test('kiosk.conf: file, line and key of every mistake', async () => {
      const file = house.at('wrong.conf');
      await writeFile(file, '[cloud]\nurl = http://x\n[kiosk]\nrole = toaster\ncolour = red\n[screen]\nterminal = big\n');
      const error = await fails(run(house.bin.kiosk, ['check', '--config', file]));
      for (const [line, key] of [[2, 'url'], [4, 'role'], [5, 'colour'], [7, 'terminal']]) {
        assert.match(error.message, new RegExp(`wrong\\.conf:${line}: .*${key}`));
      }
      const missing = await fails(run(house.bin.kiosk, ['check', '--config', house.at('none.conf')]));
      assert.match(missing.message, /none\.conf.*(No such file|cannot)/);
    });

    await t.test('a missing certificate is named', async () => {
      const text = await readFile(house.at('kiosk.conf'), 'utf8');
      await writeFile(house.at('noca.conf'), text.replace(/^ca = .*$/m, `ca = ${house.at('nothing.pem')}`));
      const error = await fails(run(house.bin.kiosk, ['check', '--config', house.at('noca.conf')]));
      assert.match(error.message, /noca\.conf:\d+: .*ca.*nothing\.pem/);
    });

    await t.test('enrolment codes: unknown and used', async () => {
      const unknown = await house.api('POST', '/api/v1/devices/enrol', { code: 'AAAA-AAAA' });
      assert.equal(unknown.status, 403);
      assert.equal(unknown.json.error, 'unknown_code');
      const used = await house.api('POST', '/api/v1/devices/enrol', { code: house.demo.code });
      assert.equal(used.json.error, 'used_code');
      assert.ok(used.json.message.length > 20, used.json.message);
    });

    await t.test('queues that were not assigned (terms 35)', async () => {
      for (const id of [`${house.demo.clinic_no}-9`, '9999-1', '..', '%00', 'x'.repeat(3000)]) {
        const answer = await house.api('GET', `/api/v1/queues/${id}`);
        assert.ok([400, 404, 414, 431].includes(answer.status), `${id.slice(0, 20)}: ${answer.status}`);
      }
    });

    await t.test('malformed and oversized JSON', async () => {
      const { cookie, csrf } = await staffView(house);
      const headers = { Cookie: cookie, 'X-CSRF-Token': csrf };
      for (const [body, status] of [['{', 400], ['[]', 400], ['{"ticket":7}', 400], ['{"ticket":"nobody"}', 400],
        ['[' .repeat(5000), 400], [`{"ticket":"${'x'.repeat(300 * 1024)}"}`, 413]]) {
        const answer = await house.api('POST', `/api/v1/queues/${queue}/tickets`, body, headers).catch((error) => error);
        if (answer instanceof Error) assert.equal(status, 413, answer.message);
        else {
          assert.equal(answer.status, status, body.slice(0, 30));
          assert.ok(answer.json.message, 'a sentence that says what to do');
        }
      }
    });

    await t.test('a wrong password is slow and counted', async () => {
      const from = Date.now();
      const answer = await house.api('POST', '/api/v1/sessions', { user: 'reception', password: 'guess' });
      assert.equal(answer.status, 401);
      assert.ok(Date.now() - from >= 900, `${Date.now() - from} ms`);
      const unknown = await house.api('POST', '/api/v1/sessions', { user: 'nobody', password: 'guess' });
      assert.equal(unknown.status, 401);
      assert.equal(unknown.json.message, answer.json.message, 'never which half was wrong');
    });

    await t.test('a film that is not a film', async () => {
      await writeFile(house.at('film.mp4'), 'this is no film');
      const error = await fails(house.admin('film', 'add', '--file', house.at('film.mp4'), '--kind', 'health', '--title', 'x'));
      assert.match(error.message, /film\.mp4.*not a film/i);
    });

    await t.test('no paper: the ticket is valid, number and QR stay on the screen', async () => {
      await house.printerState('paper_out');
      await house.ctl('tap', 'service:adult');
      const status = await until('the screen that says so', async () => {
        const now = await house.ctl('status');
        return now.terminal.screen === 'no_slip' && now;
      }, { seconds: 30 });
      await house.ctl('screenshot', house.at('no-slip.png'), 'terminal');
      const url = (await run('zbarimg', ['-q', '--raw', house.at('no-slip.png')])).trim();
      assert.ok(url.startsWith(house.url), url);
      const [ticket] = await tickets(house);
      assert.equal(ticket.number, status.terminal.number);
      const staff = await until('staff to see it', async () => {
        const view = await staffView(house);
        return view.devices.some((device) => /media-empty/.test(device.printer)) && view;
      });
      assert.ok(staff.tickets.some((one) => one.ticket === ticket.ticket && one.state === 'waiting'));
      assert.equal((await house.slips()).length, 0);
    });
  });
});
