// What the speech engine really says of each phrase, phoneme by phoneme, against the kana it was given: every
// clip there is, numbers of the main series and lettered ones, letters, rooms and phrases.
// The tables below are made from the syllabary and the rules of counting alone, without the program's own;
// the engine has a dictionary, and is often too clever.
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

/** 300 sanbyaku, 600 roppyaku, 800 happyaku; 4 yon, 7 nana, 9 kyuu: as people count who want to be understood. */
function counted(value) {
  const ones = ['', 'いち', 'に', 'さん', 'よん', 'ご', 'ろく', 'なな', 'はち', 'きゅう'];
  const hundreds = { 1: 'ひゃく', 3: 'さんびゃく', 6: 'ろっぴゃく', 8: 'はっぴゃく' };
  const hundred = Math.floor(value / 100), ten = Math.floor(value / 10) % 10;
  return (hundred ? hundreds[hundred] ?? `${ones[hundred]}ひゃく` : '') +
    (ten ? `${ten > 1 ? ones[ten] : ''}じゅう` : '') + ones[value % 10];
}

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
const small = { ゃ: 'a', ゅ: 'u', ょ: 'o', ぇ: 'e' };
const foreign = { てぃ: 't i' };
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
    else if (foreign[signs[i] + signs[i + 1]]) phonemes.push(...foreign[signs[i] + signs[++i]].split(' '));
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
  // What is said is settled before the sound is made; the fewest samples, since nobody listens: a quarter of the time.
  await run('open_jtalk', ['-x', dictionary, '-m', speaker, '-r', '100', '-p', '1', '-ow', '/dev/null', '-ot', `${file}.trace`, file]);
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

const phrases = async (...args) => new Map((await run(process.env.PHRASES, args)).stdout.trim().split('\n').map((line) => line.split('\t')));
/** Katakana that the list uses against the engine's dictionary counts as the same kana. */
const hiragana = (text) => text.replace(/[ァ-ヶ]/g, (sign) => String.fromCodePoint(sign.codePointAt(0) - 0x60));

test('there is a clip of every number, read as people count', async () => {
  const all = await phrases('999');
  for (let value = 1; value <= 999; value++) {
    assert.equal(hiragana(all.get(`number/${value}`)), `うけつけばんごう、${counted(value)}ばんのかた、`);
    assert.equal(hiragana(all.get(`value/${value}`)), `${counted(value)}ばんのかた、`);
  }
  assert.equal(counted(666) + counted(814), 'ろっぴゃくろくじゅうろくはっぴゃくじゅうよん');
  assert.equal(all.get('number/A3'), 'うけつけばんごう、エーのさんばんのかた、');
  assert.equal(all.get('letter/W'), 'うけつけばんごう、ダブリューの、');
  assert.equal(all.get('room/いっしん'), 'いっしんへ、おはいりください。');
  assert.equal(all.get('room/じっしん'), 'じっしんへ、おはいりください。');
});

test("a clinic's own rooms come from a file of their よみ, in kana only", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'machiai-voice-')), rooms = path.join(dir, 'rooms');
  try {
    await writeFile(rooms, '# ours\nさくらのへや\r\n\nセンターべっしつ\n');
    const all = await phrases('1', rooms);
    assert.equal(all.get('room/さくらのへや'), 'さくらのへやへ、おはいりください。');
    assert.equal(all.get('room/センターべっしつ'), 'センターべっしつへ、おはいりください。');
    for (const wrong of ['桜の部屋', 'sakura', '../a', 'さくら 1']) {
      await writeFile(rooms, `${wrong}\n`);
      await assert.rejects(phrases('1', rooms), /rooms:1: .* is not kana/, wrong);
    }
    await assert.rejects(phrases('1', path.join(dir, 'none')));
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('the engine says every phrase as it is written', { timeout: 1_500_000 }, async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'machiai-voice-'));
  try {
    const all = await phrases('999');
    const names = [...all.keys()];
    assert.ok(names.length > 2200);
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
