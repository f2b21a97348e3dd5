// Gathers what the checker judges: the database (read-only), the slips that came out, the public
// API, the kiosks' own lists.
import path from 'node:path';
import { run } from '../../cmake/try/process.mjs';

const STEP = 200; // requests for holders' pages, in a row

async function rows(file, query) {
  const text = await run('sqlite3', ['-readonly', '-json', '-cmd', '.timeout 5000', file, query], { seconds: 60 });
  return text.trim() ? JSON.parse(text) : [];
}

/** A site's log in the order of seq, read from the cloud's database. */
export const logOf = (file, site) => rows(file, 'SELECT seq, id, at, verdict, kind, ticket, device, coalesce(counter, 0) AS counter, hash, text '
  + `FROM log WHERE site = '${site}' ORDER BY seq`);

async function kioskEvidence(kiosk) {
  const { tickets } = await kiosk.ctl('tickets');
  const entries = await rows(kiosk.at('kiosk/journal.db'), 'SELECT seq, hash FROM entries ORDER BY seq');
  return { name: kiosk.name, device: kiosk.device, tickets, entries };
}

async function slipsOf(kiosk, reader) {
  const files = (await kiosk.slips()).map((name) => kiosk.at('slips', name));
  return (await reader.read(files)).map((slip) => ({ ...slip, kiosk: kiosk.name, file: path.basename(slip.file) }));
}

/** What a phone shows that scans the slip. */
async function holdersOf(clinic, codes) {
  const holders = new Map();
  for (let i = 0; i < codes.length; i += STEP)
    for (const code of codes.slice(i, i + STEP)) {
      const answer = await clinic.cloud.api('GET', `/api/v1/tickets/${code}`);
      holders.set(code, answer.status === 200 ? answer.json : null);
    }
  return holders;
}

export async function staffTickets(clinic, headers) {
  const view = await clinic.cloud.api('GET', `/api/v1/sites/${clinic.site}/queue`, undefined, headers);
  if (view.status !== 200) throw new Error(`the staff's list: ${view.status} ${view.text}`);
  return view.json.tickets;
}

export async function gather(clinic, crowd, reader) {
  const file = clinic.cloud.at('cloud/machiai.db'), where = `WHERE site = '${clinic.site}'`;
  const log = await logOf(file, clinic.site);
  const [head] = await rows(file, `SELECT seq, hash FROM head ${where}`);
  const codes = new Map((await rows(file, `SELECT code, ticket FROM ticket_code ${where}`)).map((row) => [row.code, row.ticket]));
  const papers = [];
  for (const kiosk of clinic.kiosks) papers.push(...(await slipsOf(kiosk, reader)));
  const slips = papers.filter((one) => !one.torn || one.code);
  const staff = await staffTickets(clinic, await clinic.logIn(clinic.people[0]));
  const kiosks = [];
  for (const kiosk of clinic.kiosks) kiosks.push(await kioskEvidence(kiosk));
  const holders = await holdersOf(clinic, [...new Set(slips.map((slip) => slip.code).filter((code) => codes.has(code)))]);
  return { log, head, codes, staff, holders, kiosks, slips, shown: crowd.shown, acts: crowd.acts, intakes: crowd.intakes, kioskActs: crowd.kioskActs, torn: papers.length - slips.length };
}
