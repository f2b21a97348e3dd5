/* A page made from a template: what its form holds, and whether it may be used. Pure; the same rules as
 * the kiosk's (ui/screens/template.h), so that what is too long is told while it is typed. */

const HALF = /[\u0020-\u007e\uff61-\uff9f]/u;
const READING = /\uff5c([^\u300a\u300b]*)\u300a[^\u300a\u300b]*\u300b/g; /* furigana costs no room in the line */

export const lettersOf = (text) => Math.ceil([...text.replace(READING, '$1').replace(/\n/g, '')].reduce((sum, c) => sum + (HALF.test(c) ? 0.5 : 1), 0));
export const linesOf = (text) => text.split('\n').length;

export const newPage = (template) => ({ template: template.key, fields: {}, photos: {} });

/* With the template's own sample words: what it looks like before anything was written. */
export const samplePage = (template) => ({ ...newPage(template), fields: Object.fromEntries(template.fields.filter((one) => one.sample?.ja).map((one) => [one.name, one.sample.ja])) });
/* What can be drawn while it is being written: a field that must not be empty holds its own name until
 * then, a table the template's sample. */
export function drawable(template, page) {
  const fields = { ...page.fields };
  for (const field of template.fields) {
    if (field.required && !(fields[field.name] ?? '').trim()) fields[field.name] = field.type === 'rows' || field.type === 'week' ? field.sample.ja : `\u3014${field.label.ja}\u3015`.slice(0, field.max || undefined);
  }
  return { ...page, fields };
}
export const isEmpty = (page) => !Object.values(page.fields).some((text) => text.trim()) && !Object.keys(page.photos).length;

/* What stays when another template is chosen: texts and photographs of the same name. */
export function moveTo(template, page) {
  const keep = (from, list) => Object.fromEntries(list.filter(({ name }) => from[name]).map(({ name }) => [name, from[name]]));
  return { template: template.key, fields: keep(page.fields, template.fields), photos: keep(page.photos, template.photos ?? []) };
}

/* { name: [words' key, values] } of everything that is wrong. */
export function faults(template, page) {
  const found = {};
  for (const field of template.fields) {
    const text = page.fields[field.name] ?? '';
    const rows = field.type === 'rows' || field.type === 'week';
    const longest = rows ? Math.max(...text.split('\n').map(lettersOf)) : lettersOf(text);
    if (field.required && !text.trim()) found[field.name] = ['page.missing', {}];
    else if (field.max && longest > field.max) found[field.name] = ['page.long', { n: longest - field.max, max: field.max }];
    else if (field.lines && linesOf(text) > field.lines) found[field.name] = ['page.lines', { max: field.lines }];
  }
  for (const photo of template.photos ?? []) {
    if (photo.required && !page.photos[photo.name]) found[photo.name] = ['page.photo.missing', {}];
  }
  return found;
}

/* What the page is called in lists: its heading, else its first words. */
export function titleOf(template, page) {
  const text = page.fields.title ?? template.fields.map(({ name }) => page.fields[name]).find(Boolean) ?? '';
  return text.replace(READING, '$1').split('\n')[0].trim().slice(0, 60);
}
