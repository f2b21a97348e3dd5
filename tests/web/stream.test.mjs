// The stream against servers that misbehave. MACHIAI_WEB names the laid-out pages.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { importPages } from './modules.mjs';

const { stream } = await importPages(path.join(process.env.MACHIAI_WEB, 'assets'), ['stream']);

async function withServer(handler, body) {
  const server = http.createServer(handler);
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  try {
    await body(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

// Follows until `enough(seen)`; fails after 8 s.
function followed(url, enough) {
  const seen = { data: [], heard: 0, gone: [] };
  return new Promise((done, fail) => {
    const timer = setTimeout(() => { live.stop(); fail(new Error(`not enough: ${JSON.stringify(seen)}`)); }, 8000);
    const look = () => { if (enough(seen)) { clearTimeout(timer); live.stop(); done(seen); } };
    const live = stream.follow(`${url}/events`, {
      snapshot: `${url}/snapshot`, event: 'queue',
      data(view) { seen.data.push(view); look(); },
      heard() { seen.heard += 1; look(); },
      gone(status) { seen.gone.push(status); look(); },
    });
  });
}

const head = { 'Content-Type': 'text/event-stream' };

test('a message may come in pieces, even inside a character', async () => {
  await withServer((req, res) => {
    res.writeHead(200, head);
    const bytes = Buffer.from('id: 1\nevent: queue\ndata: {"name":"医院"}\n\nevent: other\ndata: {}\n\nevent: queue\r\ndata: {"n":2}\r\n\r\n');
    let at = 0;
    const timer = setInterval(() => { res.write(bytes.subarray(at, at += 7)); if (at >= bytes.length) clearInterval(timer); }, 5);
    req.on('close', () => clearInterval(timer));
  }, async (url) => {
    const { data } = await followed(url, (seen) => seen.data.length === 2);
    assert.deepEqual(data, [{ name: '医院' }, { n: 2 }]);
  });
});

test('a heartbeat without a message is heard: the age of the data stays true', async () => {
  await withServer((req, res) => {
    res.writeHead(200, head);
    res.write('event: queue\ndata: {}\n\n');
    const timer = setInterval(() => res.write(': hb\n\n'), 30);
    req.on('close', () => clearInterval(timer));
  }, async (url) => {
    const { data, heard } = await followed(url, (seen) => seen.heard >= 4);
    assert.equal(data.length, 1);
    assert.ok(heard >= 4);
  });
});

test('a queue that is not there is told once, and nothing is asked again', async () => {
  let asked = 0;
  await withServer((req, res) => { asked += 1; res.writeHead(404).end(); }, async (url) => {
    const { gone } = await followed(url, (seen) => seen.gone.length === 1);
    await new Promise((done) => { setTimeout(done, 300); });
    assert.deepEqual([gone, asked], [[404], 1]);
  });
});

test('where streams are held back, answers that end bring what is newer than the last, without haste', async () => {
  const asked = [];
  await withServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url, 'http://here');
    if (pathname !== '/events') return res.writeHead(500).end();
    if (!searchParams.has('wait')) return res.writeHead(502).end();
    asked.push(searchParams.get('after'));
    return res.writeHead(200, head).end(asked.length === 2 ? '' : `id: ${asked.length}:ab\nevent: queue\ndata: {"n":${asked.length}}\n\n`);
  }, async (url) => {
    const began = Date.now(), { data, heard } = await followed(url, (seen) => seen.data.length === 2);
    assert.deepEqual(data, [{ n: 1 }, { n: 3 }]);
    assert.deepEqual(asked, ['', '1:ab', '1:ab']);
    assert.ok(heard >= 3, 'an answer without news is a sign of life');
    assert.ok(Date.now() - began >= 1000);
  });
});

test('where neither gets through, the snapshot is asked for', async () => {
  await withServer((req, res) => {
    if (req.url === '/events') res.writeHead(502).end();
    else res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"polled":true}');
  }, async (url) => {
    const { data } = await followed(url, (seen) => seen.data.length === 1);
    assert.deepEqual(data, [{ polled: true }]);
  });
});

test('a stream that is cut comes back by itself', async () => {
  let connections = 0;
  await withServer((req, res) => {
    if (req.url !== '/events') return res.writeHead(503).end();
    connections += 1;
    res.writeHead(200, head);
    res.write(`retry: 50\nevent: queue\ndata: {"n":${connections}}\n\n`);
    return setTimeout(() => res.destroy(), 20);
  }, async (url) => {
    const { data } = await followed(url, (seen) => seen.data.length >= 2);
    assert.deepEqual(data.slice(0, 2), [{ n: 1 }, { n: 2 }]);
  });
});
