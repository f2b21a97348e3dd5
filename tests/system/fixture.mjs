// One house a test, in a directory of its own; kept when the test fails, so that its logs can be read.
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { House } from '../../cmake/try/house.mjs';

export { sleep, until, run } from '../../cmake/try/process.mjs';

export async function newHouse() {
  const build = process.env.MACHIAI_BUILD, films = process.env.MACHIAI_FILMS;
  if (!build || !films) throw new Error('MACHIAI_BUILD and MACHIAI_FILMS name the build and the demo films');
  return new House({ dir: await mkdtemp(path.join(os.tmpdir(), 'machiai-')), build, films });
}

/** Runs the body in a house and stops it; a sanitizer's report or an unclean end fails the test. */
export async function inHouse(body) {
  const house = await newHouse();
  try {
    await body(house);
    const parts = [...house.processes];
    await house.stop();
    for (const part of parts) {
      const { code, signal } = part.exited;
      if (/^(cloud|kiosk\d?)$/.test(part.name) && !part.killed && code !== 0) {
        throw new Error(`${part.name} ended with ${signal ?? code}; see ${part.log}`);
      }
    }
    await house.remove();
  } catch (error) {
    await house.stop().catch(() => {});
    error.message += `\n(kept: ${house.dir})`;
    throw error;
  }
}

export async function tickets(house) {
  return (await house.ctl('tickets')).tickets;
}

export async function staffView(house) {
  const login = await house.api('POST', '/api/v1/sessions', { user: 'reception', password: house.demo.people.reception });
  const cookie = login.headers['set-cookie'][0].split(';')[0];
  const view = await house.api('GET', `/api/v1/sites/${house.demo.site}/queue`, undefined, { Cookie: cookie });
  return { ...view.json, cookie, csrf: login.json.csrf };
}

export async function callNext(house, queue, body = {}) {
  const { cookie, csrf } = await staffView(house);
  return house.api('POST', `/api/v1/queues/${queue}/calls`, body, { Cookie: cookie, 'X-CSRF-Token': csrf });
}
