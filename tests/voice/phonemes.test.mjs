// What the speech engine really says of each phrase, phoneme by phoneme, against the kana it was given.
// EVERY_NUMBER=1 goes through all of them instead of a sample.
// The table below is made from the syllabary alone; the engine has a dictionary, and is often too clever.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import assert from 'node:assert/strict';
import { promisify } from 'node:util';

const run = promisify(execFile);
const dictionary = '/var/lib/mecab/dic/open-jtalk/naist-jdic';
const speaker = '/usr/share/hts-voice/nitech-jp-atr503-m001/nitech_jp_atr503_m001.htsvoice';

const numbers = ['1', '4', '6', '7', '8', '9', '10', '14', '20', '47', '100', '199', '300', '600', '606', '777', '800', '999',
  'A3', 'A4', 'R2', 'X1', 'Y7', 'H9', 'M10', 'K20'];

const vowels = 'aiueo';
const rows = {
  '': 'あいうえお', k: 'かきくけこ', s: 'さ すせそ', t: 'た  てと', n: 'なにぬねの', h: 'はひ へほ', m: 'まみむめも',
  r: 'らりるれろ', g: 'がぎぐげご', z: 'ざ ずぜぞ', d: 'だ  でど', b: 'ばびぶべぼ', p: 'ぱぴぷぺぽ',
};
const kana = { し: 'sh i', ち: 'ch i', つ: 'ts u', ふ: 'f u', じ: 'j i', や: 'y a', ゆ: 'y u', よ: 'y o', わ: 'w a',
  を: 'o', ん: 'N', っ: 'cl' };
for (const [consonant, row] of Object.entries(rows)) {
  [...row].forEach((sign, i) => {
    if (sign !== ' ') kana[sign] = `${consonant} ${vowels[i]}`.trim();
  });
}
const small = { ゃ: 'a', ゅ: 'u', ょ: 'o' };
const palatal = { し: 'sh', ち: 'ch', じ: 'j', き: 'ky', ひ: 'hy', り: 'ry', ぎ: 'gy', び: 'by', ぴ: 'py', に: 'ny', み: 'my' };

/** Phonemes of a text in kana. へ before a comma is the particle. */
function expected(text) {
  const signs = [...text.normalize('NFC')].map((sign) => {
    const code = sign.codePointAt(0);
    return code >= 0x30a1 && code <= 0x30f6 ? String.fromCodePoint(code - 0x60) : sign;
  });
  const phonemes = [];
  for (let i = 0; i < signs.length; i++) {
    if (signs[i] === '、' || signs[i] === '。') continue;
    if (signs[i] === 'ー') phonemes.push(phonemes.at(-1));
    else if (signs[i] === 'へ' && signs[i + 1] === '、') phonemes.push('e');
    else if (small[signs[i + 1]]) phonemes.push(palatal[signs[i]], small[signs[++i]]);
    else {
      assert.ok(kana[signs[i]], `no phoneme for ${signs[i]} in ${text}`);
      phonemes.push(...kana[signs[i]].split(' '));
    }
  }
  return phonemes;
}

/** ou is spoken as oo, ei as ee: one sound, two spellings. */
function long(phonemes) {
  return phonemes.map((sound, i) => {
    const before = phonemes[i - 1];
    return (sound === 'u' && before === 'o') ? 'o' : (sound === 'i' && before === 'e') ? 'e' : sound;
  }).join(' ');
}

async function spoken(text, dir, name) {
  const file = path.join(dir, name.replace('/', '-'));
  await writeFile(file, `${text}\n`);
  await run('open_jtalk', ['-x', dictionary, '-m', speaker, '-ow', '/dev/null', '-ot', `${file}.trace`, file]);
  const trace = await readFile(`${file}.trace`, 'utf8');
  const labels = trace.split('[Output label]')[1].split('\n\n')[0];
  return [...labels.matchAll(/-([A-Za-z]+)\+/g)].map((match) => match[1])
    .filter((sound, i, all) => sound !== 'sil' && sound !== 'pau')
    .map((sound) => ('AIUEO'.includes(sound) ? sound.toLowerCase() : sound)); // devoiced
}

test('the table knows its kana', () => {
  assert.equal(expected('はっぴゃくばん').join(' '), 'h a cl py a k u b a N');
  assert.equal(expected('エックスのじゅうばん').join(' '), 'e cl k u s u n o j u u b a N');
  assert.equal(expected('しつへ、').join(' '), 'sh i ts u e');
  assert.notEqual(long(expected('よんばん')), long(expected('しばん')));
});

test('the engine says every phrase as it is written', { timeout: process.env.EVERY_NUMBER ? 3_600_000 : 240_000 }, async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'machiai-voice-'));
  try {
    const { stdout } = await run(process.env.PHRASES, ['999']);
    const all = new Map(stdout.trim().split('\n').map((line) => line.split('\t')));
    const names = [...all.keys()].filter((name) => process.env.EVERY_NUMBER || !name.startsWith('number/') ||
      numbers.includes(name.slice('number/'.length)));
    assert.ok(names.length > 80);
    const wrong = [];
    const work = names.values();
    await Promise.all([0, 1].map(async () => {
      for (const name of work) {
        const is = long(await spoken(all.get(name), dir, name)), wanted = long(expected(all.get(name)));
        if (is !== wanted) wrong.push(`${name} ${all.get(name)}\n  wanted ${wanted}\n  spoken ${is}`);
      }
    }));
    assert.deepEqual(wrong, []);
  } finally {
    await rm(dir, { recursive: true });
  }
});
