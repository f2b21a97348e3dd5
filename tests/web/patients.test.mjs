// The clinic's list of patients: read from a file by the same rules as on the command line, put by the console's
// page, never shown. MACHIAI_CLOUD names the built machiai-cloud, MACHIAI_WEB the laid-out pages.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Browser, Clinic } from './clinic.mjs';
import { importPages } from './modules.mjs';

const run = promisify(execFile);
const { patients_csv: csv } = await importPages(path.join(process.env.MACHIAI_WEB, 'assets'), ['patients_csv']);
const now = Date.UTC(2026, 10, 23);
let clinic;
let browser;
before(async () => {
  clinic = await Clinic.open(process.env.MACHIAI_CLOUD);
  browser = await Browser.open();
});
after(async () => {
  await browser?.close();
  if (clinic) assert.equal(await clinic.close(), 0, clinic.log);
});

const GOOD = '\ufeff診察券番号,生年月日\r\n00123,1951-04-07\r\n"A-77","1980/1/2"\r\n\r\n００１２５\t19510407';
const WRONG = ['00123', '00123,1951-04-07,x', '山田,1951-04-07', ',1951-04-07', '00123,', '00123,1951-02-29', '00123,昭和26年4月7日', '00123,51-04-07', '00123,1951-4/7',
  '00123,2057-01-01', '00123,1951-04-07x', `${'1'.repeat(21)},1951-04-07`];

test('page and command line read a file alike', async () => {
  const { patients, faults } = csv.read(GOOD, now);
  assert.deepEqual([patients, faults], [[{ card: '00123', birth: '1951-04-07' }, { card: 'A77', birth: '1980-01-02' }, { card: '00125', birth: '1951-04-07' }], []]);
  const text = `1,1951-04-07\n${WRONG.join('\n')}\n1,1951-04-08\n`, file = path.join(clinic.dir, 'wrong.csv');
  const lines = csv.read(text, now).faults.map(({ line }) => line);
  assert.deepEqual(lines, [...WRONG, 'double'].map((_, i) => i + 2));
  writeFileSync(file, text);
  const failed = await run(clinic.binary, ['admin', '--data', clinic.data, 'patient', 'import', file, '--site', clinic.site]).then(() => null, (error) => error);
  assert.deepEqual([...failed.stderr.matchAll(/wrong\.csv:(\d+): /g)].map(([, line]) => Number(line)), lines);
  assert.deepEqual(csv.read(csv.decode(new Uint8Array([0x90, 0x66, 0x2c, 0x93, 0xfa, 0x0a, 0x37, 0x2c, 0x31, 0x39, 0x35, 0x31, 0x30, 0x34, 0x30, 0x37])), now).patients.length, 1, 'Shift_JIS');
});

test('staff put the list from a file, are told of wrong lines, and clear it', async () => {
  const page = await browser.page();
  await page.context().addCookies([await clinic.cookie('sato')]);
  await page.goto(`${clinic.url}/patients/`);
  await page.getByText('まだどなたも登録していません').waitFor();
  const choose = (text) => page.locator('#file').setInputFiles({ name: 'kanja.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await choose('00123,1951-04-07\n00124,1951-02-30\n');
  await page.getByText('2行目: 生年月日は、1951-04-07のように書いてください').waitFor();
  assert.equal(await page.getByRole('button', { name: /を登録する/ }).count(), 0);
  await choose(Array.from({ length: 4500 }, (_, i) => `${i},1951-04-07\n`).join(''));
  await page.getByRole('button', { name: '4,500人分を登録する' }).click();
  await page.getByText('4,500人分を登録しました').waitFor();
  await page.getByText('いま4,500人分を登録しています').waitFor();
  await page.getByRole('button', { name: 'すべて消す' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'すべて消す' }).click();
  await page.getByText('まだどなたも登録していません').waitFor();
  assert.deepEqual(browser.complaints, []);
  await page.context().close();
});
