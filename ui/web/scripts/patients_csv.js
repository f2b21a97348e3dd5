/* A clinic's list of patients as a file: a line each with card number and birth date, nothing else; the
 * same rules as `admin patient import` has (cloud/patients_file.h). Pure. */
const CARD_MAX = 20;
const YEAR_MIN = 1850;

/* As clinics' programs write it: UTF-8, else the encoding of Japanese Windows. */
export function decode(bytes) {
  try { return new TextDecoder('utf-8', { fatal: true }).decode(bytes); } catch { return new TextDecoder('shift_jis').decode(bytes); }
}

const fieldsOf = (line) => line.split(/[,\t]/).map((field) => field.normalize('NFKC').replace(/^[\s"]+|[\s"]+$/g, ''));

/* "1951/4/7" and "19510407" as "1951-04-07", or null. */
function dateOf(text, now) {
  const [, year, , month, day] = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(text) ?? [];
  const date = /^\d{8}$/.test(text) ? text.replace(/(....)(..)(..)/, '$1-$2-$3') : year && `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = Date.parse(`${date}T00:00:00Z`);
  const real = date && !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
  return real && Number(date.slice(0, 4)) >= YEAR_MIN && at <= now + 86400000 ? date : null;
}

function patientOf(fields, now) {
  if (fields.length !== 2) return { why: 'columns' };
  const card = fields[0].replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  if (!card || card.length > CARD_MAX || /[^\x20-\x7e]/.test(fields[0])) return { why: 'card' };
  const birth = dateOf(fields[1], now);
  return birth ? { card, birth } : { why: 'birth' };
}

/* { patients: [{ card, birth }], faults: [{ line, why }] }; why: columns, card, birth, double. */
export function read(text, now) {
  const patients = [], faults = [], births = new Map();
  text.replace(/^\ufeff/, '').split('\n').forEach((line, i) => {
    const fields = fieldsOf(line);
    if ((fields.length === 1 && !fields[0]) || (i === 0 && !/\d/.test(fields.join('')))) return;
    const { why, card, birth } = patientOf(fields, now);
    const double = !why && births.has(card) && births.get(card) !== birth;
    if (why || double) { faults.push({ line: i + 1, why: why ?? 'double' }); return; }
    births.set(card, birth);
    patients.push({ card, birth });
  });
  return { patients, faults };
}
