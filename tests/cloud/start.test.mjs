// A cloud that cannot work says why and ends; whoever reads the sentence knows what to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program, withCloud } from './clinics.mjs';

const AS_ROOT = process.getuid() !== 0 && 'mounts';

/** How the command ended, and its words. */
async function ended(house, command, ...args) {
  const one = house.start('refused', command, args);
  const { code } = await one.done;
  return { code, words: one.lastWords(5) };
}

const SERVE = (house) => ['serve', '--data', house.at('cloud'), '--listen', '127.0.0.1:0'];

/** The command where the data cannot be written. */
const readOnly = (house, ...words) => ['unshare', '-m', 'sh', '-c', 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"', 'sh', house.at('cloud'), program, ...words];

test('too few files that may be open', { timeout: 60000 }, () => withCloud([], async (house) => {
  const { code, words } = await ended(house, 'prlimit', '--nofile=512:512', program, ...SERVE(house));
  assert.equal(code, 1);
  assert.match(words, /only 512 files may be open at once; raise the limit to 1024 or more \(LimitNOFILE=/);
}));

test('few files: it serves, and says how many can be connected', { timeout: 60000 }, () => withCloud([], async (house) => {
  const limited = house.start('limited', 'prlimit', ['--nofile=2048:2048', program, ...SERVE(house)]);
  await limited.line(/^ready /);
  assert.deepEqual(await limited.stop(), { code: 0, signal: null });
  assert.match(limited.lastWords(20), /about 1536 screens and kiosks can be connected at once/);
}));

test('data that cannot be written', { timeout: 120000, skip: AS_ROOT }, () => withCloud([], async (house) => {
  await house.startCloud();
  const [clinic] = await house.addClinics(1);
  await house.endCloud('SIGTERM');
  const { code, words } = await ended(house, ...readOnly(house, ...SERVE(house)));
  assert.equal(code, 1, words);
  assert.match(words, /read-only/i);
  const admin = await ended(house, ...readOnly(house, 'admin', '--data', house.at('cloud'), 'device', 'code', '--site', clinic.site));
  assert.notEqual(admin.code, 0);
  assert.match(admin.words, /read-only/i);
}));
