/* The words of a page: one catalogue for each page and language, loaded when it is needed.
 *
 * In a catalogue {name} is a place for a value and [番号|ばんごう] a word with its reading.
 * A key may have forms for numbers: "before" and "before.one".
 */
import { html } from './preact.js';

let words = {};
let forms = null;

export async function load(page, language) {
  const answer = await fetch(`/assets/languages/${page}.${language}.json`);
  if (!answer.ok) throw new Error(`no words: ${page}.${language}`);
  const loaded = await answer.json();
  words = { ...words, ...loaded };
  forms = new Intl.PluralRules(language === 'ja-easy' ? 'ja' : language);
}

function pattern(key, values) {
  const form = values && typeof values.n === 'number' ? `${key}.${forms.select(values.n)}` : key;
  return words[form] ?? words[key] ?? key;
}

/* Plain text: for titles and labels that are only heard. */
export function text(key, values = {}) {
  return pattern(key, values)
    .replace(/\[([^|\]]+)\|[^\]]+\]/g, '$1')
    .replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/* What is shown: readings become ruby, values may be elements; shown replaces a value's look (the form
 * is still chosen by the value). */
export function say(key, values = {}, shown = {}) {
  const parts = [];
  const source = pattern(key, values);
  let end = 0;
  for (const m of source.matchAll(/\[([^|\]]+)\|([^\]]+)\]|\{(\w+)\}/g)) {
    parts.push(source.slice(end, m.index));
    parts.push(m[1] ? html`<ruby>${m[1]}<rp>(</rp><rt>${m[2]}</rt><rp>)</rp></ruby>` : shown[m[3]] ?? values[m[3]] ?? m[0]);
    end = m.index + m[0].length;
  }
  parts.push(source.slice(end));
  return parts;
}
