// What the system tests of printing share: taking numbers, telling whose slip a picture is, and a
// member of staff who looks at the list.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, sleep, tickets, until } from './fixture.mjs';

const root = path.resolve(fileURLToPath(import.meta.url), '../../..');

/** Logged in once: a password costs a second. */
export class Staff {
  static async at(house) {
    const login = await house.api('POST', '/api/v1/sessions', { user: 'reception', password: house.demo.people.reception });
    const cookie = login.headers['set-cookie'][0].split(';')[0];
    return Object.assign(new Staff(), { house, headers: { Cookie: cookie, 'X-CSRF-Token': login.json.csrf } });
  }

  get where() {
    return `/api/v1/sites/${this.house.demo.site}`;
  }

  async view() {
    return (await this.house.api('GET', `${this.where}/queue`, undefined, this.headers)).json;
  }

  async printer() {
    return (await this.view()).devices[0].printer;
  }

  /** Waits until the list has it as somebody who waits. */
  async waits(ticket) {
    await until(`${ticket.number} to wait in the staff's list`, async () => (await this.view()).tickets
      .some((one) => one.ticket === ticket.ticket && one.state === 'waiting'));
  }

  async log(event) {
    const answer = await this.house.api('POST', `${this.where}/events`, { events: [event] }, this.headers);
    return { status: answer.status, entry: answer.json?.entries?.[0] };
  }
}

export async function toStart(house) {
  await until('the start screen', async () => {
    const { terminal } = await house.ctl('status');
    if (terminal.screen === 'start') return true;
    await house.ctl('tap', 'finish');
    return false;
  }, { seconds: 30 });
}

/** A touch, and the ticket that is stored by it. */
export async function take(house) {
  await toStart(house);
  const known = new Set((await tickets(house)).map((one) => one.ticket));
  await until('the touch', () => house.ctl('tap', 'service:adult'));
  return until('the ticket', async () => (await tickets(house)).find((one) => !known.has(one.ticket)), { every: 20 });
}

/** Reads pictures of slips and of the screen by their QR. */
export class Reader {
  constructor(house) {
    Object.assign(this, { house, owners: new Map() });
  }

  async ticketOf(file) {
    const text = (await run('zbarimg', ['-q', '--raw', file])).trim();
    const answer = await this.house.api('GET', `/api/v1/tickets/${text.split('/').pop()}`);
    return answer.json?.ticket;
  }

  /** Name of each slip that came out, with its ticket. */
  async slips() {
    for (const name of await this.house.slips())
      if (!this.owners.has(name)) this.owners.set(name, await this.ticketOf(this.house.at('slips', name)));
    return [...this.owners];
  }

  async slipsOf(ticket) {
    return (await this.slips()).filter(([, owner]) => owner === ticket.ticket).map(([name]) => name);
  }

  /** Tickets that have more than one slip. */
  async doubled() {
    const owners = (await this.slips()).map(([, owner]) => owner);
    return owners.filter((owner, at) => owners.indexOf(owner) !== at);
  }
}

export async function cupsdPid(house) {
  return Number(await readFile(house.at('cups/cupsd.pid'), 'utf8'));
}

export async function killCupsd(house) {
  const pid = await cupsdPid(house);
  process.kill(pid, 'SIGKILL');
  await until('the end of cupsd', () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  }, { every: 20 });
}

export const startCupsd = (house) => run('sh', [path.join(root, 'cmake/cupsd.sh'), 'start', house.at('cups'), house.bin.backend]);

export { run, sleep, tickets, until };
