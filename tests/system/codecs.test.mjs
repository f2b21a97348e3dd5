// The self-test of a kiosk's player: a decoder that is missing (here: a clip that no decoder can read) is found while the programme runs,
// is told in log, status and cloud, and costs nothing else: films and tickets go on. With the clips as they are installed all codecs play.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { strict as assert } from 'node:assert';
import { inHouse, until } from './fixture.mjs';

const ALL = { h264: 'ok', hevc: 'ok', vp9: 'ok', av1: 'ok', aac: 'ok', opus: 'ok' };

const fault = (house) => execFileSync('sqlite3', [house.at('cloud/machiai.db'), 'SELECT fault FROM programme_device']).toString().trim();
/** What the log says of a self-test, from its first (0) on. */
const tested = (house, nth) => until('the self-test', () => [...readFileSync(house.kiosk.log, 'utf8').matchAll(/self-test: .*/g)][nth]?.[0], { seconds: 240, every: 200 });

test('a codec that is missing is found, told and lived with', async () => {
  await inHouse(async (house) => {
    const clips = house.at('codecs'), installed = path.join(process.env.MACHIAI_BUILD, 'codecs');
    cpSync(installed, clips, { recursive: true });
    const hevc = readFileSync(path.join(clips, 'hevc-aac.mp4'));
    writeFileSync(path.join(clips, 'hevc-aac.mp4'), hevc.fill(0, 200));
    house.kioskEnv = { MACHIAI_CODECS: clips };
    await house.startAll();
    await until('a film', async () => (await house.ctl('status')).video.frames > 50, { seconds: 60 });
    assert.deepEqual(new Set(Object.values((await house.ctl('status')).video.codecs)), new Set(['untried'])); // the film goes first

    assert.match(await tested(house, 0), /5 of 6 codecs play/);
    const { video, contents } = await house.ctl('status');
    assert.deepEqual(video.codecs, { ...ALL, hevc: 'missing' });
    assert.match(readFileSync(house.kiosk.log, 'utf8'), /codec hevc is missing: \S+/);
    assert.equal(contents.broken, '');
    await until('its own word of it', async () => (await house.ctl('status')).contents.fault === 'codec_missing', { seconds: 20 });
    await until('the cloud to know', () => fault(house) === 'codec_missing', { seconds: 30 });

    const before = (await house.ctl('status')).video;
    assert.equal(before.pid, video.pid); // it was another child that was tried
    await until('films to go on', async () => (await house.ctl('status')).video.frames > before.frames + 50, { seconds: 60 });
    await house.ctl('tap', (await house.ctl('status')).terminal.widgets.find((name) => name.startsWith('service:')));
    await until('a number', async () => (await house.ctl('status')).terminal.number, { seconds: 30 });

    await house.kiosk.stop();
    house.kioskEnv = {};
    await house.startKiosk();
    assert.match(await tested(house, 1), /6 of 6 codecs play/);
    assert.deepEqual((await house.ctl('status')).video.codecs, ALL);
    await until('the cloud to know', () => fault(house) === '', { seconds: 30 });
  });
});
