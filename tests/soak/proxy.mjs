// A TCP proxy that cuts: what stands between a kiosk and its cloud. TLS passes through unread.
//
// Bytes are held back, never lost or changed, as long as a connection lives: TCP would send them
// again. A connection may be reset, or lose its other half without a word.
import net from 'node:net';
import { once } from 'node:events';

export const MODES = {
  pass: {},
  delay: { delay_ms: 300 },
  slow: { delay_ms: 2000 },
  cut_up: { hold: ['up'] },     // the cloud hears nothing, the kiosk hears the cloud
  cut_down: { hold: ['down'] }, // the cloud hears the kiosk, its answers stay away
  cut: { hold: ['up', 'down'] },
  throttle: { bytes_a_second: 3000 },
  refuse: { refuse: true },
  reset: { reset: true, refuse: true },
  half_open: { mute: true },    // connections that live on one side only
  lost_answer: { torn: true },  // the question arrives; with the first byte of its answer all ends
};

const HELD_MAX = 256 * 1024; // a direction that holds more stops reading, as a full window does

/** One direction of a connection: what came in, each chunk with the time at which it may go on. */
class Pipe {
  constructor(link, from, to, direction) {
    Object.assign(this, { link, from, to, direction, chunks: [], held: 0, ended: false, timer: null, credit_at: 0 });
    from.on('data', (chunk) => this.take(chunk));
    from.on('end', () => { this.ended = true; this.run(); });
    to.on('drain', () => this.run());
  }

  take(chunk) {
    if (this.link.dead) return;
    this.chunks.push({ chunk, due: Date.now() + (this.link.mode.delay_ms ?? 0) });
    this.held += chunk.length;
    if (this.held > HELD_MAX) this.from.pause();
    this.run();
  }

  later(ms) {
    this.timer ??= setTimeout(() => { this.timer = null; this.run(); }, ms);
  }

  run() {
    const { mode } = this.link;
    if (this.link.dead || mode.hold?.includes(this.direction)) return;
    while (this.chunks.length > 0) {
      const [first] = this.chunks, now = Date.now();
      const wait = Math.max(first.due, this.credit_at) - now;
      if (wait > 0) return this.later(wait);
      if (mode.torn && this.direction === 'down') return this.link.reset();
      this.chunks.shift();
      this.held -= first.chunk.length;
      if (mode.bytes_a_second) this.credit_at = now + (first.chunk.length * 1000) / mode.bytes_a_second;
      if (this.held <= HELD_MAX) this.from.resume();
      if (!this.to.write(first.chunk)) return; // 'drain' goes on
    }
    if (this.ended) this.to.end();
  }
}

class Link {
  constructor(proxy, client) {
    Object.assign(this, { proxy, client, dead: false });
    client.setNoDelay(true);
    client.on('error', () => {}); // 'close' follows
    client.on('close', () => this.drop());
    if (this.mode.mute) {
      this.dead = true; // accepted by somebody who is not there
      client.resume();
      return;
    }
    this.server = net.connect(proxy.target, '127.0.0.1');
    this.server.setNoDelay(true);
    this.server.on('error', () => this.reset());
    this.server.on('close', () => !this.dead && !client.destroyed && client.end());
    this.up = new Pipe(this, client, this.server, 'up');
    this.down = new Pipe(this, this.server, client, 'down');
  }

  get mode() {
    return this.proxy.mode;
  }

  run() {
    this.up?.run();
    this.down?.run();
  }

  reset() {
    this.client.resetAndDestroy?.() ?? this.client.destroy();
    this.drop();
  }

  /** The cloud's half goes; the kiosk's half stays, and nobody tells it. */
  halve() {
    this.dead = true;
    this.server?.destroy();
  }

  drop() {
    this.dead = true;
    for (const pipe of [this.up, this.down]) clearTimeout(pipe?.timer);
    this.server?.destroy();
    this.client.destroy();
    this.proxy.links.delete(this);
  }
}

export class CuttingProxy {
  constructor(target) {
    Object.assign(this, { target, mode: MODES.pass, links: new Set(), accepted: 0 });
    this.server = net.createServer({ allowHalfOpen: true }, (client) => this.accept(client));
  }

  async listen() {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = this.server.address().port;
  }

  accept(client) {
    this.accepted += 1;
    if (this.mode.refuse) {
      client.on('error', () => {});
      client.resetAndDestroy?.() ?? client.destroy();
      return;
    }
    this.links.add(new Link(this, client));
  }

  set(name) {
    if (!(name in MODES)) throw new Error(`no mode ${name} of the proxy`);
    this.mode = MODES[name];
    for (const link of [...this.links]) {
      if (this.mode.reset) link.reset();
      else if (this.mode.mute) link.halve();
      else link.run();
    }
  }

  close() {
    for (const link of [...this.links]) link.drop();
    this.server.close();
  }
}
