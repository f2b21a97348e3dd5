// Puts our pictures beside the reference's: node tests/screens/beside.mjs OURS REFERENCE OUT.html
// OURS: what screens-gallery wrote (ja). REFERENCE: the look's pictures, by the names below.
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const pairs = [
  ['terminal-start-upright-ja', 'terminal-1-start'],
  ['terminal-start-upright-ja-easy', 'terminal-1b-start-plain-japanese'],
  ['terminal-start-wide-ja', 'terminal-6-start-landscape'],
  ['terminal-ticket-upright-ja', 'terminal-2-ticket'],
  ['terminal-no_slip-upright-ja', 'terminal-3-paper-out'],
  ['terminal-closed-break-upright-ja', 'terminal-4-closed'],
  ['terminal-unavailable-upright-ja', 'terminal-4b-not-available'],
  ['staff-menu-offline-upright', 'terminal-5-staff-menu'],
  ['terminal-setup-hd-ja', 'setup-status'],
];

const [ours, reference, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node beside.mjs OURS REFERENCE OUT.html');
  process.exit(2);
}
const picture = (dir, name) => `<img src="${pathToFileURL(path.join(path.resolve(dir), `${name}.png`))}" alt="${name}">`;
const names = (await readdir(ours)).filter((name) => /^(terminal|staff)-.*\.png$/.test(name)).map((name) => name.slice(0, -4));
const paired = pairs.map(([mine, theirs]) => `<section><h2>${mine} · ${theirs}</h2>${picture(ours, mine)}${picture(reference, theirs)}</section>`);
const rest = names.filter((name) => !pairs.some(([mine]) => mine === name)).sort()
  .map((name) => `<figure>${picture(ours, name)}<figcaption>${name}</figcaption></figure>`);
await writeFile(out, `<!doctype html><meta charset="utf-8"><title>Beside the reference</title>
<style>body{font:16px sans-serif;background:#ddd}section img{height:88vh;margin-right:2vw}
figure{display:inline-block;margin:8px}figure img{max-height:40vh;max-width:45vw}</style>
${paired.join('\n')}<h1>States without a picture in the reference</h1>${rest.join('\n')}\n`);
console.log(out);
