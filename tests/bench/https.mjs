#!/usr/bin/env node
// Processor time a request for the patient view over TLS keep-alive, beside nginx that returns the same bytes.
//
//   node tests/bench/https.mjs BUILD_DIR [ROUNDS] [CONNECTIONS] [MS]
//
// BUILD_DIR: a release build with the targets machiai-cloud and bench_load. Cloud and nginx take turns, MS each. TLS 1.3 with
// AES-128-GCM for both; both write a line of log a request. nginx, one worker, returns the same body with the same header
// lines from its configuration; `bare` is nginx without the header lines and without a log.
import { readFileSync } from 'node:fs';
import { Bench, freePort, machine, median } from './peers.mjs';

const [build, rounds = '9', connections = '32', ms = '1500'] = process.argv.slice(2);
if (!build) {
  console.error('usage: node tests/bench/https.mjs BUILD_DIR [ROUNDS] [CONNECTIONS] [MS]');
  process.exit(2);
}

const PIECE = 3000; // characters of one string in nginx' configuration
const OWN = new Set(['date', 'connection', 'content-length', 'content-type', 'server', 'keep-alive', 'x-request-id']);

function returns(body, headers) {
  const pieces = body.match(new RegExp(`[^]{1,${PIECE}}`, 'gu')).map((one) => one.replace(/\\/g, '\\\\').replace(/'/g, "\\'"));
  const lines = Object.entries(headers).filter(([name]) => !OWN.has(name)).map(([name, value]) => `add_header ${name} "${value}";`);
  return { body: pieces.map((one, i) => `set $p${i} '${one}';`).join('\n'), value: pieces.map((_, i) => `$p${i}`).join(''),
    headers: [...lines, 'add_header X-Request-Id $request_id;'].join('\n') };
}

const bench = await Bench.open(build);
try {
  await bench.addClinic(12);
  const sample = await bench.house.api('GET', bench.clinic.view);
  const like = returns(sample.text, sample.headers);
  const server = (more) => `${like.body}\nlocation / { default_type application/json; ${more} return 200 "${like.value}"; }`;
  const [full, bare] = [await freePort(), await freePort()];
  const ways = {
    cloud: { port: bench.house.port, pid: bench.house.cloud.pid, path: bench.clinic.view },
    nginx: { port: full, path: '/', pid: await bench.nginx('nginx', { log: true, ports: [{ port: full, ssl: true }], server: server(like.headers) }) },
    bare: { port: bare, path: '/', pid: await bench.nginx('bare', { ports: [{ port: bare, ssl: true }], server: server('') }) },
  };
  const took = { cloud: [], nginx: [], bare: [] }, ratios = [], last = {};
  for (let i = 0; i < Number(rounds); i++) {
    for (const [name, way] of Object.entries(ways)) {
      last[name] = await bench.requests({ ...way, connections, ms });
      took[name].push(last[name].cpu_us / last[name].requests);
    }
    ratios.push(took.cloud.at(-1) / took.nginx.at(-1));
  }
  console.log(`${machine()}; ${rounds} rounds of ${ms} ms in turns, ${connections} connections`);
  for (const name of Object.keys(ways)) {
    const { requests, bytes, body } = last[name];
    console.log(`${name.padEnd(6)} ${median(took[name]).toFixed(1).padStart(7)} us CPU a request (least ${Math.min(...took[name]).toFixed(1)}), ` +
      `${body} bytes of body, ${(bytes / requests).toFixed(0)} in all, ${(requests / Number(ms) * 1000).toFixed(0)} requests a second`);
  }
  console.log(`cloud / nginx: median ${median(ratios).toFixed(2)} of ${ratios.map((one) => one.toFixed(2)).join(' ')} (wanted: at most 1.20)`);
  console.log(`cloud / bare: ${(median(took.cloud) / median(took.bare)).toFixed(2)}; logged: ${readFileSync(bench.log, 'utf8').split('\n').length} lines`);
} finally {
  await bench.close();
}
