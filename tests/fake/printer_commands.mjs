// Splits a stream of ESC/POS bytes into commands. Real-time questions (DLE EOT n) are handed over
// as they arrive, but only where a command may begin: inside a picture they are dots.

const DLE = 0x10;
const ESC = 0x1b;
const GS = 0x1d;

// Commands with a fixed number of parameter bytes that this printer takes and ignores.
const IGNORED = {
  [ESC]: { '!': 1, E: 1, G: 1, M: 1, R: 1, t: 1, a: 1, 3: 1, 2: 0, '-': 1, '{': 1, V: 1, '=': 1 },
  [GS]: { '!': 1, B: 1, H: 1, f: 1, h: 1, w: 1, L: 2, W: 2, P: 2 },
};
const PICTURE_MAX = 4 * 1024 * 1024;

export class CommandReader {
  #held = Buffer.alloc(0);
  #inPicture = false;
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
  }

  reset() {
    this.#held = Buffer.alloc(0);
    this.#inPicture = false;
  }

  add(chunk) {
    this.#held = Buffer.concat([this.#held, chunk]);
    while (this.#held.length > 0) {
      const size = this.#one(this.#held);
      if (size === 0) return; // more bytes are needed
      this.#held = this.#held.subarray(size);
    }
  }

  #emit(size, command) {
    this.#handlers.command({ size, ...command });
    return size;
  }

  // Takes the command at the front: its size, or 0 while it is incomplete.
  #one(bytes) {
    const [first, second] = bytes;
    if (first === 0x0a) return this.#emit(1, { kind: 'feed', rows: 30 });
    if (first >= 0x20) return this.#emit(1, { kind: 'text' });
    if (first !== DLE && first !== ESC && first !== GS) return 1; // NUL and the like
    if (bytes.length < 2) return 0;
    if (first === DLE) return this.#realTime(bytes);
    const letter = String.fromCharCode(second);
    if (first === ESC) return this.#esc(letter, bytes);
    return this.#gs(letter, bytes);
  }

  #realTime(bytes) {
    if (bytes.length < 3) return 0;
    if (bytes[1] === 0x04) this.#handlers.realTime(bytes[2]);
    return 3;
  }

  #fixed(count, bytes, command) {
    return bytes.length < 2 + count ? 0 : this.#emit(2 + count, command(bytes));
  }

  #esc(letter, bytes) {
    if (letter === '@') return this.#emit(2, { kind: 'reset' });
    if (letter === 'J') return this.#fixed(1, bytes, (b) => ({ kind: 'feed', rows: b[2] }));
    if (letter === 'd') return this.#fixed(1, bytes, (b) => ({ kind: 'feed', rows: b[2] * 30 }));
    return this.#ignored(ESC, letter, bytes);
  }

  #gs(letter, bytes) {
    if (letter === 'v') return this.#raster(bytes);
    if (letter === '(') return this.#extended(bytes);
    if (letter === 'a') return this.#fixed(1, bytes, (b) => ({ kind: 'asb', mask: b[2] }));
    if (letter === 'r')
      return this.#fixed(1, bytes, (b) => ({ kind: b[2] === 1 || b[2] === 49 ? 'paper' : 'reset' }));
    if (letter === 'V') {
      if (bytes.length < 3) return 0;
      const hasAmount = [65, 66, 97, 98, 103, 104].includes(bytes[2]);
      return this.#fixed(hasAmount ? 2 : 1, bytes, () => ({ kind: 'cut' }));
    }
    return this.#ignored(GS, letter, bytes);
  }

  #ignored(lead, letter, bytes) {
    const count = IGNORED[lead][letter];
    if (count === undefined) return this.#emit(2, { kind: 'unknown' });
    return bytes.length < 2 + count ? 0 : 2 + count;
  }

  #raster(bytes) {
    if (bytes.length < 8) return 0;
    const rowSize = bytes.readUInt16LE(4);
    const rows = bytes.readUInt16LE(6);
    const size = 8 + rowSize * rows;
    if (size > PICTURE_MAX) return this.#emit(8, { kind: 'unknown' });
    if (bytes.length < size) {
      if (!this.#inPicture) this.#handlers.rasterBegins();
      this.#inPicture = true;
      return 0;
    }
    this.#inPicture = false;
    return this.#emit(size, { kind: 'raster', rowSize, rows, data: Buffer.from(bytes.subarray(8, size)) });
  }

  #extended(bytes) {
    if (bytes.length < 5) return 0;
    const size = 5 + bytes.readUInt16LE(3);
    if (bytes.length < size) return 0;
    const isId = bytes[2] === 0x48 && size === 11 && bytes[5] === 48 && bytes[6] === 48;
    if (!isId) return size;
    return this.#emit(size, { kind: 'processId', id: [...bytes.subarray(7, 11)] });
  }
}
