// The colours that may stand on each other, in both themes: text at least 4.5:1, graphics 3:1. A pair
// that is not listed here is not used. `node contrast.test.mjs --print` shows the computed table.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const css = readFileSync(new URL('../../ui/web/styles/tokens.css', import.meta.url), 'utf8');

const TEXT = `ink/paper ink/surface ink/sunken ink-2/paper ink-2/surface ink-2/sunken ink-3/paper ink-3/surface
  ink-3/sunken link/paper link/surface link/tint ink/tint ink-2/tint on-brand/brand on-brand/brand-hover
  on-brand/brand-press on-call/call ink/call-tint call-text/call-tint call-text/surface danger/surface
  danger/paper danger/danger-tint ink/danger-tint on-danger/danger-fill on-plate/plate on-plate-2/plate
  on-band/band on-band-2/band link/sunken danger/tint`.split(/\s+/);
const GRAPHICS = `line-strong/paper line-strong/surface line-strong/sunken line-strong/tint mark/paper mark/surface mark/tint
  brand/paper danger-fill/paper call-line/paper call-line/surface call-line/sunken focus/paper focus/surface
  focus/sunken focus-halo/focus focus-halo/brand on-call/call`.split(/\s+/);

// The declarations of a block, without those of the other theme.
function tokens(block) {
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map(([, name, value]) => [name, value.toUpperCase()]));
}

const blocks = [...css.matchAll(/:root([^{]*)\{([^}]*)\}/g)].map(([, selector, body]) => ({ selector: selector.trim(), values: tokens(body) }));
const light = blocks.find(({ selector }) => selector === '').values;
const chosenDark = blocks.find(({ selector }) => selector.includes('"dark"')).values;
const systemDark = blocks.find(({ selector }) => selector.includes(':not')).values;
const themes = { light, dark: { ...light, ...chosenDark } };

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}

function check(pairs, limit) {
  for (const [theme, values] of Object.entries(themes)) {
    for (const pair of pairs) {
      const [front, ground] = pair.split('/');
      assert.ok(values[front] && values[ground], `${pair}: no such token`);
      const ratio = contrast(values[front], values[ground]);
      if (process.argv.includes('--print')) console.log(theme, pair, ratio.toFixed(2));
      assert.ok(ratio >= limit, `${theme}: ${pair} is ${ratio.toFixed(2)}, must be ${limit}`);
    }
  }
}

test('the formula gives the values of WCAG', () => {
  assert.equal(contrast('#000000', '#FFFFFF').toFixed(2), '21.00');
  assert.equal(contrast('#777777', '#FFFFFF').toFixed(2), '4.48');
});
test('text has at least 4.5:1', () => check(TEXT, 4.5));
test('graphics have at least 3:1', () => check(GRAPHICS, 3));
test('the dark theme is the same by choice and by system', () => assert.deepEqual(chosenDark, systemDark));
test('paper, ink and orange are those of the signs', () => {
  assert.deepEqual([light.paper, light.ink, light.call], ['#FAF7F0', '#14202E', '#F6AA00']);
  assert.equal(chosenDark.call, '#F6AA00');
});
