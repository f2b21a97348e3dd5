// A cloud with clinics and people at their desks, for tests that look at it from outside.
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { House } from '../../cmake/try/house.mjs';
import { run } from '../../cmake/try/process.mjs';

export { run, sleep, until } from '../../cmake/try/process.mjs';

export const program = path.join(process.env.MACHIAI_BUILD, 'cloud/machiai-cloud');

/** A House of which only the cloud is used; keeps its connections. */
export class CloudHouse extends House {
  static async make(options = []) {
    const house = new this({ dir: await mkdtemp(path.join(os.tmpdir(), 'machiai-cloud-')), build: process.env.MACHIAI_BUILD, films: '' });
    house.cloudOptions = ['--rate', '0', ...options];
    await house.open();
    return house;
  }

  async startCloud() {
    await super.startCloud();
    this.agent = new https.Agent({ ca: this.ca, keepAlive: true, maxSockets: 64 });
  }

  /** Waits until it has gone, killed or asked to. */
  async endCloud(signal) {
    this.cloud.killed = signal === 'SIGKILL';
    this.cloud.kill(signal);
    await this.cloud.done;
    this.agent.destroy();
    return this.cloud.exited;
  }

  async admin(...words) {
    return JSON.parse(await run(...this.inside(program, ['admin', '--data', this.at('cloud'), ...words, '--json'])));
  }

  /** A command and its arguments, where the cloud's data are seen. */
  inside(command, words) {
    return [command, words];
  }

  /** Clinics with a member of staff each, who is logged in. */
  async addClinics(count) {
    const clinics = [];
    for (let i = 0; i < count; i++) {
      const file = this.at(`clinic-${i}.json`), password = randomUUID();
      await writeFile(file, JSON.stringify({
        clinic_no: String(2001 + i), name: `医院${i}`, phone: '03-0000-0000',
        desks: [{ desk_no: 1, kind: 'consultation', name: '診察', first: 1, last: 999 }],
        rooms: [{ id: 'r1', desk_no: 1, name: '第1診察室' }], services: [{ id: 's1', desk_no: 1, name: '内科' }],
      }));
      const { site } = await this.admin('site', 'add', '--settings', file);
      await this.admin('user', 'add', '--user', `desk${i}`, '--name', `受付${i}`, '--role', 'staff', '--site', site, '--password', password);
      clinics.push({ site, queue: `${2001 + i}-1`, headers: await this.login(`desk${i}`, password) });
    }
    return clinics;
  }

  async login(user, password) {
    const answer = await this.api('POST', '/api/v1/sessions', { user, password });
    if (answer.status !== 200 && answer.status !== 201) throw new Error(`${user} could not log in: ${answer.text}`);
    return { Cookie: answer.headers['set-cookie'][0].split(';')[0], 'X-CSRF-Token': answer.json.csrf };
  }

  issue(clinic, ticket) {
    return this.api('POST', `/api/v1/queues/${clinic.queue}/tickets`, { ticket }, clinic.headers);
  }

  /** What the clinic's staff see: Map of ticket to number. */
  async numbers(clinic) {
    const answer = await this.api('GET', `/api/v1/sites/${clinic.site}/queue`, undefined, clinic.headers);
    if (answer.status !== 200) throw new Error(answer.text);
    return new Map(answer.json.tickets.map((one) => [one.ticket, one.number]));
  }
}

/** Runs the body with a house, and leaves nothing behind unless it fails. */
export async function withCloud(options, body, kind = CloudHouse) {
  const house = await kind.make(options);
  try {
    await body(house);
    await house.stop();
    await house.remove();
  } catch (error) {
    await house.stop().catch(() => {});
    error.message += `\n(kept: ${house.dir})`;
    throw error;
  }
}
