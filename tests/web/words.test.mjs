// Catalogues: every language says everything, with the same values; no script asks for a word that is
// not there; patients never read the staff's words.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

const web = new URL('../../ui/web/', import.meta.url);
const read = (path) => readFileSync(new URL(path, web), 'utf8');
const catalogue = (name) => JSON.parse(read(`languages/${name}.json`));
const LANGUAGES = ['ja', 'ja-easy', 'en', 'zh-Hans', 'ko', 'vi', 'pt'];
const PATIENT = ['patient', 'book', 'own']; // the catalogues of the patients' pages
const FORMS = /\.(one|two|few|many|other|zero)$/;

const values = (words) => [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const patients = (language) => Object.assign({}, ...PATIENT.map((name) => catalogue(`${name}.${language}`)));
const shown = (words) => words.replace(/\[([^|\]]+)\|[^\]]+\]/g, '$1').replace(/\u2060/g, '');

for (const name of PATIENT) {
  test(`${name}: every language has every word`, () => {
    const keys = Object.keys(catalogue(`${name}.ja`));
    for (const language of LANGUAGES) {
      const own = Object.keys(catalogue(`${name}.${language}`)).filter((key) => !FORMS.test(key));
      assert.deepEqual(own, keys, language);
    }
  });
}

test('no word is empty, and places for values are the same in every language', () => {
  const ja = patients('ja');
  const free = new Set(['date', 'clock']); // each language composes these itself
  for (const language of LANGUAGES) {
    for (const [key, words] of Object.entries(patients(language))) {
      assert.ok(words.trim(), `${language} ${key}`);
      const base = key.replace(FORMS, '');
      if (!free.has(base)) assert.deepEqual(values(words), values(ja[base]), `${language} ${key}`);
    }
  }
});

test('lists of months and weekdays are whole', () => {
  for (const file of [...LANGUAGES.map((language) => `patient.${language}`), 'login.ja']) {
    assert.equal(catalogue(file).months.split(',').length, 12, file);
    assert.equal(catalogue(file).weekdays.split(',').length, 7, file);
  }
});

test('easy Japanese gives the reading of every kanji that is shown', () => {
  for (const [key, words] of Object.entries(patients('ja-easy'))) {
    if (/^(title|hear)\./.test(key) || /^(months|weekdays)$/.test(key)) continue; // never shown, or shown with 曜日
    const bare = words.replace(/\[[^|\]]+\|[^\]]+\]/g, '');
    assert.doesNotMatch(bare, /\p{Script=Han}/u, `${key}: ${words}`);
  }
});

test('patients never read the words of the staff', () => {
  for (const language of ['ja', 'ja-easy']) {
    for (const [key, words] of Object.entries(patients(language))) {
      assert.doesNotMatch(shown(words), /不在|保留|停止|時間切れ|無効|エラー|整理券|チケット|申し訳|!|!/, `${language} ${key}`);
    }
  }
});

// say('x'), text('x') and of="x"; say(`x.${y}`) asks for any word below x.
function asked(source) {
  const whole = [...source.matchAll(/(?:'|of=")([a-z_]+(?:\.[a-z_0-9]+)*)['"]/g)].map(([, key]) => key);
  const called = [...source.matchAll(/\b(?:say|text|how)\('([^']+)'/g)].map(([, key]) => key);
  const begun = [...source.matchAll(/\b(?:say|text|how)\(`([a-z_.]+)\$\{/g)].map(([, start]) => start);
  return { whole, called, begun };
}

// What every page of the patients loads, and what the cloud says without a script.
const PATIENT_SHARED = ['patient.js', 'when.js', 'words.js'];
const PLAIN = ['plain_page.c', 'plain_parts.c', 'plain_words.c'].map((file) => readFileSync(new URL(`../../cloud/${file}`, import.meta.url), 'utf8'));

const LOGIN = ['login.js', 'front.js', 'way_back.js', 'field.js'];
const PAGES = {
  queue: ['queue.js'],
  ticket: ['ticket.js', 'holder.js'],
  book: ['book.js'],
  staff: ['staff.js', 'list.js', 'desks.js', 'dialogs.js', 'dialog.js', 'doing.js', 'chips.js', 'acts.js', ...LOGIN, 'site.js', 'notices.js', 'line.js', 'opening.js', 'record.js', 'sheet.js', 'naming.js', 'when.js'],
  programme: ['programme.js', 'model.js', 'swap.js', 'films.js', 'own.js', 'maker.js', 'typed.js', 'page.js', 'sender.js', 'periods.js', 'sites.js'],
  operator: ['operator.js', 'approvals.js', 'catalogue.js', 'programmes.js', 'builder.js', 'plays.js', 'places.js'],
  index: ['index.js', 'field.js'],
  pair: ['pair.js', ...LOGIN],
  account: ['account.js', 'factor.js', 'load.js', ...LOGIN],
  patients: ['patients.js', 'patients_csv.js', 'load.js', ...LOGIN],
};
// What contractor's and operator's pages share has a catalogue of its own.
const SHARED = ['shell.js', 'load.js', 'clips.js', 'calendar.js', 'broadcast.js', 'sending.js', 'names.js', 'ribbon.js', 'plan.js', 'dialog.js', 'when.js', 'manage.js', 'rows.js', 'crew.js', 'machines.js', 'audit.js', 'contract.js', 'orders.js', 'service_hours.js', ...LOGIN];
const CATALOGUES = { queue: ['patient.ja'], ticket: ['patient.ja', 'own.ja'], book: ['patient.ja', 'book.ja'], staff: ['login.ja', 'staff.ja'], programme: ['login.ja', 'contents.ja', 'manage.ja', 'programme.ja'], operator: ['login.ja', 'contents.ja', 'manage.ja', 'operator.ja'], index: ['index.ja'], pair: ['login.ja', 'pair.ja'], account: ['login.ja', 'account.ja'], patients: ['login.ja', 'patients.ja'] };
const PARTS = {
  ...PAGES,
  queue: [...PAGES.queue, ...PATIENT_SHARED],
  ticket: [...PAGES.ticket, ...PATIENT_SHARED, 'dialog.js', 'field.js'],
  book: [...PAGES.book, ...PATIENT_SHARED, 'field.js'],
  programme: [...PAGES.programme, ...SHARED],
  operator: [...PAGES.operator, ...SHARED],
};

const isUsed = (key, used, starts) => used.has(key.replace(/\.help$/, '')) || used.has(key) || starts.some((start) => key.startsWith(start));

for (const [page, files] of Object.entries(PARTS)) {
  test(`${page}: every word that is asked for is there, and no word is left over`, () => {
    const words = Object.assign({}, ...CATALOGUES[page].map(catalogue));
    const used = new Set();
    const starts = [];
    for (const file of files) {
      const { whole, called, begun } = asked(read(`scripts/${file}`));
      for (const key of called) assert.ok(key in words, `${file} asks for ${key}`);
      for (const start of begun) assert.ok(Object.keys(words).some((key) => key.startsWith(start)), `${file} asks for ${start}…`);
      [...whole, ...called].forEach((key) => used.add(key));
      starts.push(...begun);
    }
    const own = page === 'queue' ? [] : Object.keys(catalogue(CATALOGUES[page].at(-1))); // the shared one: below
    const left = own.filter((key) => !isUsed(key, used, starts));
    assert.deepEqual(left, []);
  });
}

test('no word is left over that the contractor’s and operator’s pages share', () => {
  const used = new Set();
  const starts = [];
  for (const file of new Set([...PARTS.programme, ...PARTS.operator])) {
    const { whole, called, begun } = asked(read(`scripts/${file}`));
    [...whole, ...called].forEach((key) => used.add(key));
    starts.push(...begun);
  }
  for (const name of ['contents.ja', 'manage.ja']) assert.deepEqual(Object.keys(catalogue(name)).filter((key) => !isUsed(key, used, starts)), []);
});

test('no word is left over that the patients’ pages share, and the cloud asks for none that is not there', () => {
  const words = catalogue('patient.ja');
  const used = new Set();
  const starts = [];
  for (const file of new Set([...PARTS.queue, ...PARTS.ticket, ...PARTS.book])) {
    const { whole, called, begun } = asked(read(`scripts/${file}`));
    [...whole, ...called].forEach((key) => used.add(key));
    starts.push(...begun);
  }
  for (const source of PLAIN) {
    for (const [, key] of source.matchAll(/"((?:[a-z_]+\.)*[a-z_]+)"/g)) used.add(key);
    for (const [, start] of source.matchAll(/"([a-z_]+\.)%s"/g)) starts.push(start);
    const said = [...source.matchAll(/\bplain_(?:say|item)\(&?words, (?:\w+ \? )?"([^"]+)"(?: : "([^"]+)")?/g)].flatMap(([, one, other]) => [one, other ?? one]);
    const cards = [...source.matchAll(/\bcard\(&?words, "([^"]+)", "([^"]+)"/g)].flatMap(([, head, help]) => [head, help]);
    for (const key of [...said, ...cards]) assert.ok(key in words, `the cloud asks for ${key}`);
  }
  assert.deepEqual(Object.keys(words).filter((key) => !isUsed(key, used, starts)), []);
});

test('every reason for which the cloud refuses a film is told in Japanese', () => {
  const source = readFileSync(new URL('../../cloud/film.h', import.meta.url), 'utf8');
  const table = /#define FILM_FAULTS\(X\)[\s\S]*?(?=\n\n)/.exec(source)[0];
  const codes = [...table.matchAll(/X\(\w+,[\s\\]*"(\w+)"/g)].map(([, code]) => code);
  assert.ok(codes.length > 8, 'the table was found');
  for (const code of codes) assert.ok(`refused.${code}` in catalogue('contents.ja'), code);
});

test('everything that the cloud notes in a site’s record can be read there, and be chosen', () => {
  const folder = new URL('../../cloud/', import.meta.url);
  const source = readdirSync(folder).filter((file) => file.endsWith('.c')).map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
  const defined = [...readFileSync(new URL('identity_private.h', folder), 'utf8').matchAll(/#define AUDIT_\w+\s+"(\w+)"/g)].map(([, act]) => act);
  const noted = [...source.matchAll(/\b(?:web_note|note|done)\(req, [^;]*?;/g)].flatMap(([call]) => [...call.matchAll(/"([a-z]+_?[a-z]*)"/g)].map(([, act]) => act));
  const contract = [...readFileSync(new URL('contract.h', folder), 'utf8').matchAll(/X\([A-Z]+, "(\w+)"\)/g)].map(([, act]) => `contract_${act}`);
  const strangers = new Set(['login_miss', 'enrol_miss', 'pair']); // known of nobody at a site
  const acts = [...defined, ...noted, ...contract].filter((act) => !strangers.has(act));
  assert.ok(noted.length > 12 && contract.length === 9, 'the calls were found');
  const words = catalogue('manage.ja');
  const chosen = read('scripts/audit.js');
  for (const act of acts) {
    assert.ok(`did.${act}` in words && `kind.did.${act}` in words, act);
    assert.ok(chosen.includes(`'${act}'`), `${act} cannot be chosen`);
  }
});

test('every script belongs to a page', () => {
  const known = new Set(Object.values(PARTS).flat());
  const wordless = ['alarm.js', 'api.js', 'icons.js', 'keys.js', 'kept.js', 'month.js', 'qr.js', 'save.js', 'stream.js', 'terms.js', 'upload.js', 'where.js'];
  assert.deepEqual(readdirSync(new URL('scripts/', web)).filter((file) => !known.has(file) && !wordless.includes(file)), []);
});

test('no words in the scripts, no colours in the styles', () => {
  for (const file of readdirSync(new URL('scripts/', web))) {
    const code = read(`scripts/${file}`).replace(/\/\*[\s\S]*?\*\//g, '').replace(/const LANGUAGES = \{[^}]*\};/, '');
    assert.doesNotMatch(code, /[\u3041-\u30ff\u4e00-\u9fff]/, file);
  }
  const names = readdirSync(new URL('styles/', web)).flatMap((file) => [...read(`styles/${file}`).matchAll(/(--[\w-]+):/g)]);
  const known = new Set(names.map(([, name]) => name));
  for (const file of readdirSync(new URL('styles/', web)).filter((name) => name !== 'tokens.css')) {
    const css = read(`styles/${file}`);
    assert.doesNotMatch(css.replace(/#000\b|rgb\(0 0 0 \/ 55%\)/g, ''), /: [^;]*(#[0-9a-f]{3,8}\b|rgb\()/i, file);
    for (const [, name] of css.matchAll(/var\((--[\w-]+)/g)) assert.ok(known.has(name), `${file}: ${name}`);
  }
});
