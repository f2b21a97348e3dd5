// A cloud in which every operation of the document can be done for once, and the story that does
// them: who asks, and which of the document's example values stand for what is really there.
import { createHmac, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { CloudHouse, run } from '../cloud/clinics.mjs';
import { ApiClient } from './api_client.mjs';
import { SETTINGS } from './clinic.mjs';

const DAY = 86400000;
const SOON_MS = 1500;

/** Six digits of a second factor (RFC 6238). */
export function factorCode(secret, now) {
  const bits = [...secret.replace(/=+$/, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2))), step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30000)));
  const hash = createHmac('sha1', key).update(step).digest(), at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

export class World {
  static async make({ names = {} } = {}) {
    const world = new World();
    world.names = { patient: '00123', birth: '1951-04-07', ...names };
    world.house = await CloudHouse.make();
    await run('mkdir', ['-m', '700', world.house.at('cloud')]);
    await writeFile(world.house.at('cloud/mail.conf'), '[mail]\nurl = smtp://127.0.0.1:9\nfrom = noreply@example.jp\n');
    await world.house.startCloud();
    try {
      await world.#furnish();
      return world;
    } catch (error) {
      await world.house.stop();
      throw error;
    }
  }

  admin(...words) {
    return this.house.admin(...words);
  }

  async #furnish() {
    const settings = this.house.at('settings.json');
    await writeFile(settings, JSON.stringify({ ...SETTINGS, remote: { open: true }, video: true }));
    this.site = (await this.admin('site', 'add', '--settings', settings)).site;
    this.client = new ApiClient(JSON.parse((await this.house.api('GET', '/api/v1/openapi.json')).text), { url: this.house.url, ca: this.house.ca });
    this.live = new Map(); // the document's example value -> what is there
    this.password = this.example('login').password;
    this.as = { nobody: {} };
    for (const [user, role] of Object.entries({ suzuki: 'staff', leaver: 'staff', changer: 'staff', locker: 'staff', loser: 'staff', minato: 'contractor', factory: 'contractor', nishi: 'operator' })) {
      await this.admin('user', 'add', '--user', user, '--name', user, '--role', role, '--password', this.password, ...(role === 'operator' ? [] : ['--site', this.site]));
      this.as[user] = await this.house.login(user, this.password);
    }
    await this.#openAllDay();
    Object.assign(this.as, { staff: this.as.suzuki, contractor: this.as.minato, operator: this.as.nishi });
    this.films = [await this.#film('health', 'color=green'), await this.#film('substitute', 'color=blue')];
    await run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'color=red:size=640x480', '-frames:v', '1', this.house.at('photo.jpg')]);
    this.photo = await readFile(this.house.at('photo.jpg'));
    this.#stand();
  }

  /** Remote reception is open at night too. */
  async #openAllDay() {
    const from = Date.now() + SOON_MS, announced = await this.house.api('POST', '/api/v1/hours', { from, to: from + DAY, open: true }, this.as.nishi);
    if (announced.status !== 200) throw new Error(announced.text);
    await new Promise((resolve) => setTimeout(resolve, from - Date.now()));
  }

  /** So many tickets of people who are there. */
  async fillRoom(count) {
    for (let i = 0; i < count; i += 1) await this.client.api.issue({ params: { queue_id: this.example('queue', 'queue_id') }, body: { ticket: randomUUID(), service: 'return' }, headers: this.as.staff });
  }

  async #film(kind, picture) {
    const file = this.house.at(`${kind}.mp4`);
    await run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', `${picture}:size=320x180:rate=10:duration=3`, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', file]);
    return (await this.admin('film', 'add', '--file', file, '--kind', kind, '--title', kind)).sha256;
  }

  /** What is there from the beginning. */
  #stand() {
    const { from, to, deadline, substitutes } = this.example('buildProgramme'), now = Date.now();
    for (const [example, live] of [[this.example('films', 'site'), this.site], [this.example('film', 'sha256'), this.films[0]], [substitutes[0], this.films[1]],
      [from, now + 7 * DAY], [to, now + 21 * DAY], [deadline, now + DAY], [this.example('photoPut'), this.photo], [this.example('uploadPiece'), Buffer.from('film')],
      [this.example('checkCard').card, this.names.patient], [this.example('checkCard').birth, this.names.birth]]) this.live.set(example, live);
  }

  operation(id) {
    return this.client.operations.get(id);
  }

  /** The document's example of a body, or of a parameter. */
  example(id, parameter) {
    return parameter ? this.operation(id).parameters.find(({ name }) => name === parameter).example : this.operation(id).body.example;
  }

  /** With what is there in the place of the document's values. */
  fill(value) {
    if (this.live.has(value)) return this.live.get(value);
    if (Array.isArray(value)) return value.map((one) => this.fill(one));
    if (value && typeof value === 'object' && !Buffer.isBuffer(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.fill(one)]));
    return value;
  }

  /** The operation as the document shows it. */
  request(id, who, optional = true) {
    const operation = this.operation(id), place = (where) => Object.fromEntries(operation.parameters
      .filter((one) => one.in === where && (one.required || optional)).map((one) => [one.name, this.fill(one.example)]));
    return { params: place('path'), query: place('query'), headers: { ...place('header'), ...this.as[who] },
      ...(operation.body ? { body: this.fill(operation.body.example), ...(operation.body.type === 'image/*' ? { type: 'image/jpeg' } : {}) } : {}) };
  }

  async enrol() {
    const { code } = await this.admin('device', 'code', '--site', this.site);
    return code;
  }

  async anotherDevice() {
    const { bytes } = await this.client.api.enrol({ body: { code: await this.enrol(), name: 'another' } });
    return JSON.parse(bytes).device;
  }

  async stop() {
    this.client.close();
    this.house.agent.destroy();
    const cloud = this.house.cloud;
    await this.house.stop();
    return cloud.exited;
  }
}

const codeOf = (world) => world.example('enrol').code;
const holderOf = (world) => world.example('holder', 'code');

/** In an order in which each can be done: operation, who asks, what is done before and after. */
const STORY = [
  ...['health', 'ready', 'openapi', 'refuseMail', 'hours', 'clinics', 'clinic', 'queue', 'queueEvents', 'login'].map((id) => [id, 'nobody']),
  ['whoami', 'staff'], ['logout', 'leaver'], ['password', 'changer'], ['lock', 'locker'], ['factor', 'contractor'],
  ['factorOffer', 'factory', {}, (world, { secret }) => world.live.set(world.example('factorConfirm').code, factorCode(secret, Date.now()))],
  ['factorConfirm', 'factory', {}, (world, { recovery }) => world.live.set(world.example('factorRemoval').code, recovery[0])],
  ['factorRemoval', 'factory'],
  ['loss', 'nobody', { before: (world) => world.live.set(world.example('loss').user, 'loser') }, (world) => world.live.delete(world.example('loss').user)],
  ['personAdd', 'contractor', {}, (world, { code }) => world.live.set(codeOf(world), code)], ['passwordReset', 'nobody'],
  ['people', 'contractor'], ['personRole', 'contractor'], ['personReset', 'contractor'], ['personLock', 'contractor'], ['personRemove', 'contractor'], ['audit', 'contractor'],

  ['patientPut', 'staff'], ['patientCount', 'staff'], ['checkCard', 'nobody'],
  ['book', 'nobody', { before: (world) => world.fillRoom(6) }, (world, { tickets }) => world.live.set(holderOf(world), tickets[0].code)],
  ['holder', 'nobody'], ['holderQr', 'nobody'], ['holderMail', 'nobody'], ['holderMailStop', 'nobody'], ['holderLate', 'nobody'],
  ['enrol', 'nobody', { before: async (world) => world.live.set(codeOf(world), await world.enrol()) }, (world, { token, device }) => {
    world.as.device = { Authorization: `Bearer ${token}` };
    world.live.set(world.example('uploadEvents').events[0].device, device);
  }],
  ['checkIn', 'device'], ['holderCancel', 'nobody'], ['patientClear', 'staff'],
  ['issue', 'staff', {}, (world, { number }) => world.live.set(world.example('checkSlip', 'number'), number)],
  ['ticket', 'staff'], ['putName', 'staff'], ['deleteName', 'staff'], ['call', 'staff'], ['act', 'staff'], ['siteQueue', 'staff'], ['siteEvents', 'staff'], ['checkSlip', 'staff'], ['quarantine', 'staff'],

  ['pair', 'nobody', {}, (world, { code }) => world.live.set(codeOf(world), code)], ['pairingConfirm', 'contractor'],
  ['device', 'device'], ['deviceEvents', 'device'], ['uploadEvents', 'device'], ['snapshot', 'device'], ['status', 'device'],
  ['giveBack', 'device', { answer: 409 }], // only after a restore: tests/system/restored_cloud
  ['filmChange', 'operator'], ['buildProgramme', 'operator', {}, (world, { programme }) => world.live.set(world.example('approve', 'programme'), programme)],
  ['programmeModels', 'operator'], ['programmeTable', 'operator'],
  ['programmeSites', 'operator'],
  ['distributeProgramme', 'operator', {}, (world, { distributed }) => world.live.set(world.example('approve', 'programme'), distributed[0].programme)],
  ['programmes', 'contractor'], ['swapProgrammeItem', 'contractor'], ['approve', 'contractor'],
  ['deviceProgramme', 'device'], ['content', 'device'], ['playsPut', 'device'], ['plays', 'operator'],

  ['uploadBegin', 'contractor', {}, (world, { upload }) => world.live.set(world.example('upload', 'upload'), upload)],
  ['uploads', 'contractor'], ['upload', 'contractor'], ['uploadPiece', 'contractor'], ['uploadDrop', 'contractor'],
  ['films', 'operator'], ['film', 'operator'], ['filmStill', 'operator'],
  ['filmPreview', 'operator', {}, (world, { url }) => world.live.set(world.example('preview', 'token'), url.split('/').at(-1))], ['preview', 'operator'],
  ['templates', 'contractor'], ['draw', 'contractor'], ['photoPut', 'contractor', {}, (world, { sha256 }) => world.live.set(world.example('photo', 'sha256'), sha256)],
  ['photos', 'contractor'], ['photo', 'contractor'],
  ['clinicContentMake', 'contractor', {}, (world, { id }) => world.live.set(world.example('clinicContentChange', 'content'), id)],
  ['clinicContents', 'contractor'], ['clinicContentChange', 'contractor'], ['clinicContentRemove', 'contractor'],
  ['contract', 'contractor'], ['contractAct', 'operator'],
  ['seen', 'staff', { before: async (world) => world.live.set(world.example('seen', 'notice'), await noticeOf(world)) }],
  ['hoursAnnounce', 'operator', {}, (world, { exceptions }) => world.live.set(world.example('hoursWithdraw', 'exception'), exceptions[0].id)], ['hoursWithdraw', 'operator'],
  ['filmWithdraw', 'operator'],
  ['acts', 'staff'], ['opening', 'staff'], ['changeOpening', 'staff'], ['endOrGoOn', 'staff'],
  ['operatorsAudit', 'operator'], ['siteDevices', 'contractor'], ['deviceRevoke', 'contractor', { before: async (world) => world.live.set(world.example('deviceRevoke', 'device'), await world.anotherDevice()) }],
];

/** The story, and the pages, which need nothing that is there. */
export function story(client) {
  const told = new Set(STORY.map(([id]) => id));
  const pages = [...client.operations.values()].filter(({ id, path, method }) => !told.has(id) && method === 'GET' && !path.startsWith('/api/'));
  return [...STORY, ...pages.map(({ id }) => [id, 'nobody'])];
}

async function noticeOf(world) {
  const { bytes } = await world.client.api.programmes({ params: { site: world.site }, headers: world.as.contractor });
  return JSON.parse(bytes).notices[0]?.id ?? randomUUID();
}
