// The outside checker. It is given what anybody can see (slips, the public API, the database) and
// what people were told, and finds what must never be. Each rule gives findings {ticket, what}.
//
// evidence = {
//   log: rows of the site's log in the order of seq {seq, id, at, verdict, kind, ticket, device, counter, hash, text},
//   head: {seq, hash},
//   codes: Map of a holder's code to its ticket,
//   staff: tickets of GET /sites/{}/queue,           holders: Map of code to GET /tickets/{code},
//   kiosks: [{name, device, tickets (its own list), entries (its journal: [{seq, hash}])}],
//   slips: [{kiosk, file, number, code, band}],      shown: [{kiosk, number, at}],
//   acts: acknowledged [{id, kind, ticket, verdict}], intakes: acknowledged [{ticket, number}],
//   kioskActs: done by staff at a kiosk [{kiosk, kind, ticket}],
// }
import { createHash } from 'node:crypto';
import { Ledger } from './ledger.mjs';

const FIRST_HASH = '0'.repeat(64);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Groups a list by a key. */
function grouped(list, key) {
  const groups = new Map();
  for (const one of list) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

/** Whose slip or screen it was: by its code, else by the number, of a ticket that its kiosk gave or took in. */
function ownerOf({ ledger, codes, kiosks }, seen) {
  if (seen.code) return ledger.tickets.get(codes.get(seen.code));
  const { device } = kiosks.find((kiosk) => kiosk.name === seen.kiosk);
  return [...ledger.tickets.values()].find((ticket) => ticket.devices.has(device) && !ticket.void && ticket.numbers.includes(seen.number));
}

const rules = {
  'the order is gap-free and its hashes chain'({ log, head }) {
    const found = [];
    let hash = FIRST_HASH;
    log.forEach((row, i) => {
      const mine = sha256(`${hash}\n${row.seq}\n${row.at}\n${row.verdict}\n${row.text}`);
      if (row.seq !== i + 1) found.push({ ticket: row.ticket, what: `entry ${row.seq} stands at place ${i + 1}` });
      else if (mine !== row.hash) found.push({ ticket: row.ticket, what: `entry ${row.seq} does not have the hash of its text` });
      hash = row.hash;
    });
    if (head.seq !== log.length || head.hash !== hash) found.push({ what: `the head is ${head.seq}, the log ends at ${log.length}` });
    return found;
  },

  'no number is live twice'({ ledger }) {
    return ledger.twice.map(({ seq, number, tickets }) => ({ ticket: tickets[1], what: `entry ${seq} gives it ${number}, which ${tickets[0]} holds` }));
  },

  'every act is on a ticket that was issued'({ ledger }) {
    return ledger.unborn.map(({ seq, ticket }) => ({ ticket, what: `entry ${seq} was applied to it before it was issued` }));
  },

  'what a device recorded is there once, all of it'({ log, kiosks }) {
    const found = [];
    for (const { name, device } of kiosks) {
      const rows = log.filter((row) => row.device === device && row.counter > 0);
      const counters = rows.map((row) => row.counter).sort((a, b) => a - b);
      counters.forEach((counter, i) => {
        if (counter !== i + 1) found.push({ ticket: rows.find((row) => row.counter === counter).ticket, what: `${name}: its event ${i + 1} is ${counter} in the log` });
      });
    }
    return found.slice(0, 10);
  },

  'no slip is without its ticket'(evidence) {
    return evidence.slips.filter((slip) => !ownerOf(evidence, slip))
      .map((slip) => ({ ticket: evidence.codes.get(slip.code) ?? slip.number, what: `${slip.kiosk}/${slip.file} shows ${slip.number}, and the database has no such ticket` }));
  },

  'a slip shows its ticket\'s number'(evidence) {
    return evidence.slips.map((slip) => [slip, ownerOf(evidence, slip)])
      .filter(([slip, ticket]) => ticket && slip.number !== ticket.number)
      .map(([slip, ticket]) => ({ ticket: ticket.id, what: `${slip.kiosk}/${slip.file} shows ${slip.number}, the database says ${ticket.number}` }));
  },

  'no two tickets have slips with the same number'(evidence) {
    const found = [];
    for (const [number, slips] of grouped(evidence.slips, (slip) => slip.number)) {
      const owners = new Set(slips.map((slip) => ownerOf(evidence, slip)?.id).filter(Boolean));
      if (owners.size > 1) found.push({ ticket: [...owners].join(' and '), what: `${number} is on slips ${slips.map((slip) => `${slip.kiosk}/${slip.file}`)}` });
    }
    return found;
  },

  'at most one valid slip a ticket'(evidence) {
    const found = [];
    const owned = evidence.slips.map((slip) => ({ ...slip, ticket: ownerOf(evidence, slip) })).filter((slip) => slip.ticket);
    for (const [ticket, slips] of grouped(owned, (slip) => slip.ticket)) {
      const further = slips.filter((slip) => slip.band).length, names = slips.map((slip) => `${slip.kiosk}/${slip.file}`);
      if (slips.length - further > 1) found.push({ ticket: ticket.id, what: `${ticket.number} has ${slips.length - further} slips without a band: ${names}` });
      if (further > ticket.reissues) found.push({ ticket: ticket.id, what: `${ticket.number} was asked for again ${ticket.reissues} times and came ${further} times: ${names}` });
    }
    return found;
  },

  'none that was shown is lost'(evidence) {
    return evidence.shown.filter((one) => !ownerOf(evidence, one))
      .map((one) => ({ ticket: one.number, what: `${one.kiosk} showed ${one.number} at ${new Date(one.at).toISOString()}, and the database has no such ticket of it` }));
  },

  'every acknowledged intake is there'({ ledger, intakes }) {
    return intakes.filter((one) => ledger.tickets.get(one.ticket)?.number !== one.number)
      .map((one) => ({ ticket: one.ticket, what: `the cloud gave ${one.number}, the database says ${ledger.tickets.get(one.ticket)?.number ?? 'nothing'}` }));
  },

  'every acknowledged act of staff is there'({ log, acts }) {
    const rows = new Map(log.map((row) => [row.id, row]));
    return acts.filter((act) => rows.get(act.id)?.verdict !== act.verdict || rows.get(act.id).kind !== act.kind)
      .map((act) => ({ ticket: act.ticket, what: `${act.kind} ${act.id} was acknowledged as ${act.verdict}; the log says ${rows.get(act.id)?.verdict ?? 'nothing'}` }));
  },

  'every act done at a kiosk is there'({ log, kiosks, kioskActs }) {
    const key = (device, kind, ticket) => `${device} ${kind === 'called_number' ? 'ticket_called' : kind} ${ticket}`;
    const there = new Map();
    for (const row of log) if (row.device) there.set(key(row.device, row.kind, row.ticket), (there.get(key(row.device, row.kind, row.ticket)) ?? 0) + 1);
    const device = (act) => kiosks.find((kiosk) => kiosk.name === act.kiosk).device;
    return [...grouped(kioskActs, (act) => key(device(act), act.kind, act.ticket))].filter(([name, acts]) => (there.get(name) ?? 0) < acts.length)
      .map(([name, [act, ...more]]) => ({ ticket: act.ticket, what: `${act.kind} was done ${more.length + 1} times at ${act.kiosk}, the log has ${there.get(name) ?? 0}` }));
  },

  'no call is lost'({ ledger, acts, staff }) {
    const calls = grouped(acts.filter((act) => ['ticket_called', 'ticket_recalled'].includes(act.kind) && act.verdict === 'applied'), (act) => act.ticket);
    const known = new Map(staff.map((one) => [one.ticket, one]));
    return [...calls].filter(([id, list]) => list.length > (ledger.tickets.get(id)?.calls ?? 0) || !known.has(id))
      .map(([id, list]) => ({ ticket: id, what: `${list.length} calls were acknowledged, the log has ${ledger.tickets.get(id)?.calls ?? 0}` }));
  },

  'the API tells what the log says'({ ledger, staff, codes, holders }) {
    const known = new Map(staff.map((one) => [one.ticket, one])), found = [];
    const compare = (ticket, other, who) => {
      if (!other) found.push({ ticket: ticket.id, what: `${who} does not know ${ticket.number}` });
      else if (other.state !== ticket.state || other.number !== ticket.number) found.push({ ticket: ticket.id, what: `the log says ${ticket.number} ${ticket.state}, ${who} says ${other.number} ${other.state}` });
    };
    for (const ticket of ledger.tickets.values()) compare(ticket, known.get(ticket.id), 'the staff\'s list');
    for (const one of staff) if (!ledger.tickets.has(one.ticket)) found.push({ ticket: one.ticket, what: `${one.number} is in the staff's list and not in the log` });
    for (const [code, view] of holders) compare(ledger.tickets.get(codes.get(code)) ?? { id: code, number: '?' }, view, 'the holder\'s page');
    return found;
  },

  'kiosks and cloud agree'({ kiosks, staff, log }) {
    const found = [], known = new Map(staff.map((one) => [one.ticket, one]));
    for (const { name, tickets, entries } of kiosks) {
      for (const one of tickets) {
        const other = known.get(one.ticket);
        if (!other || other.state !== one.state || other.number !== one.number) found.push({ ticket: one.ticket, what: `${name} says ${one.number} ${one.state}, the cloud says ${other?.number} ${other?.state}` });
      }
      const mine = new Set(tickets.map((one) => one.ticket));
      for (const one of staff) if (!mine.has(one.ticket)) found.push({ ticket: one.ticket, what: `${name} does not know ${one.number}` });
      for (const { seq, hash } of entries) if (log[seq - 1]?.hash !== hash) found.push({ ticket: log[seq - 1]?.ticket, what: `${name}'s journal has another entry ${seq}` });
    }
    return found;
  },
};

/** [{rule, findings: [{ticket, what}]}], every rule. */
export function check(evidence) {
  const whole = { ...evidence, ledger: new Ledger(evidence.log) };
  return Object.entries(rules).map(([rule, look]) => ({ rule, findings: look(whole) }));
}

/** The table at the end. */
export function table(results, counts) {
  const lines = ['', 'what must hold                                       findings'];
  for (const { rule, findings } of results) lines.push(`  ${rule.padEnd(50)} ${String(findings.length).padStart(6)}`);
  lines.push('', 'what happened');
  for (const [name, count] of Object.entries(counts)) lines.push(`  ${name.padEnd(50)} ${String(count).padStart(6)}`);
  for (const { rule, findings } of results)
    for (const { ticket, what } of findings) lines.push('', `VIOLATED: ${rule}`, `  ticket ${ticket ?? '-'}: ${what}`);
  return lines.join('\n');
}
