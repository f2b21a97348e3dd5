#!/usr/bin/env node
// Films on their way out: bytes a second of processor time, over TLS and plain, beside nginx with the same file.
//
//   node tests/bench/films.mjs BUILD_DIR [ROUNDS] [MS] [SECONDS]
//
// BUILD_DIR: a release build with the targets machiai-cloud and bench_load. SECONDS: length of the film of noise that is made
// first (1.5 MB each). TLS 1.3 with AES-128-GCM on both sides, in user space: neither kTLS nor, over TLS, sendfile; nginx
// plain is measured with sendfile, which the cloud does not use, and without. Four downloads at once; the file is in memory.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Bench, freePort, machine, median } from './peers.mjs';

const [build, rounds = '5', ms = '1500', seconds = '8'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/films.mjs BUILD_DIR [ROUNDS] [MS] [SECONDS]');
  process.exit(2);
}

const minute = 60000, DOWNLOADS = 4;

/** A film that the clinic's programme shows, and a device of the clinic that may fetch it. */
async function addFilm(bench) {
  const { house, clinic } = bench, noise = bench.at('noise.mp4');
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `testsrc=duration=${seconds}:size=640x360:rate=25,noise=alls=100:allf=t`,
    '-pix_fmt', 'yuv420p', '-preset', 'ultrafast', '-crf', '10', noise]);
  const film = await house.admin('film', 'add', '--file', noise, '--kind', 'health', '--title', 'noise');
  writeFileSync(bench.at('table.json'), JSON.stringify({ from: Date.now() - minute, to: Date.now() + 6000 * minute,
    deadline: Date.now() + 3000 * minute, items: [{ sha256: film.sha256 }] }));
  const { programme } = await house.admin('programme', 'add', '--site', clinic.site, '--file', bench.at('table.json'));
  await house.admin('programme', 'distribute', '--programme', programme);
  const { code } = await house.admin('device', 'code', '--site', clinic.site);
  const { text, json } = await house.api('POST', '/api/v1/devices/enrol', { code, name: 'bench', role: 'both', version: 'bench' });
  if (!json?.token) throw new Error(text);
  return { path: `/api/v1/contents/${film.sha256}`, file: film.sha256, header: `Authorization: Bearer ${json.token}` };
}

const plainPort = await freePort();
const bench = await Bench.open(build, ['--listen-plain', `127.0.0.1:${plainPort}`]);
try {
  await bench.addClinic(1);
  const film = await addFilm(bench), { pid } = bench.house.cloud;
  const [tls, plain, copying] = [await freePort(), await freePort(), await freePort()];
  const server = `root ${bench.at('cloud/contents')};`;
  const with_ = await bench.nginx('sendfile', { http: 'sendfile on;', ports: [{ port: tls, ssl: true }, { port: plain }], server });
  const without = await bench.nginx('copying', { http: 'sendfile off;', ports: [{ port: copying }], server });
  const ways = {
    'cloud, TLS': { tls: true, port: bench.house.port, pid, path: film.path, header: film.header },
    'nginx, TLS': { tls: true, port: tls, pid: with_, path: `/${film.file}` },
    'cloud, plain': { tls: false, port: plainPort, pid, path: film.path, header: film.header },
    'nginx, plain, no sendfile': { tls: false, port: copying, pid: without, path: `/${film.file}` },
    'nginx, plain, sendfile': { tls: false, port: plain, pid: with_, path: `/${film.file}` },
  };
  const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  let size;
  for (let i = 0; i < Number(rounds); i++) {
    for (const [name, way] of Object.entries(ways)) {
      const { bytes, body, cpu_us: cpu } = await bench.requests({ ...way, connections: DOWNLOADS, ms });
      rates[name].push(bytes / cpu); // MB a second of processor time
      size = body;
    }
  }
  console.log(`${machine()}; ${(size / 1e6).toFixed(1)} MB, ${rounds} rounds of ${ms} ms in turns`);
  for (const [name, list] of Object.entries(rates)) console.log(`${name.padEnd(26)} ${median(list).toFixed(0).padStart(6)} MB a CPU second`);
  const ratio = (a, b) => median(rates[a].map((rate, i) => rate / rates[b][i])).toFixed(2);
  console.log(`cloud / nginx: TLS ${ratio('cloud, TLS', 'nginx, TLS')}, plain ${ratio('cloud, plain', 'nginx, plain, no sendfile')} (without sendfile)`);
} finally {
  await bench.close();
}
