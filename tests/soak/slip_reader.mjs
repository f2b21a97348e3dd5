// Reads slips as they came out of the printer: the number off the picture, the code out of the QR,
// the band of a further slip. It knows nothing of what the kiosk meant to print.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import os from 'node:os';
import path from 'node:path';
import { run } from '../../cmake/try/process.mjs';
import { inkOfBand } from '../system/slip_picture.mjs';

const TALL = 120, WIDE = 320; // a figure of the number is higher than anything else, and no rule
const RULE_MAX = 10, RULES_MIN = 2; // lines across the paper: under the head, under the number
const GRID = { w: 12, h: 20 };
const BAND_INK = 0.5;         // share of black where a further slip has its band
const QR_FILES_A_RUN = 50;

/** 1-bit grey PNG, filter 0, one IDAT (tests/fake/printer_png.mjs): black(x, y). */
export function pictureOf(png) {
  const width = png.readUInt32BE(16), height = png.readUInt32BE(20), stride = Math.ceil(width / 8) + 1;
  const at = png.indexOf('IDAT', 0, 'latin1');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  return { width, height, black: (x, y) => (rows[y * stride + 1 + (x >> 3)] & (0x80 >> (x & 7))) === 0 };
}

const bitsOf = (bits, { width, height, stride }) =>
  ({ width, height, black: (x, y) => (bits[y * stride + (x >> 3)] & (0x80 >> (x & 7))) !== 0 });

/** Connected black figures, as boxes with their points. */
function figures({ width, height, black }) {
  const seen = new Uint8Array(width * height), found = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || !black(start % width, Math.floor(start / width))) continue;
    const points = [start];
    let [left, right, top, bottom] = [width, 0, height, 0];
    seen[start] = 1;
    for (let i = 0; i < points.length; i++) {
      const x = points[i] % width, y = Math.floor(points[i] / width);
      left = Math.min(left, x); right = Math.max(right, x);
      top = Math.min(top, y); bottom = Math.max(bottom, y);
      for (const [nx, ny] of [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]]) {
        const next = ny * width + nx;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || seen[next] || !black(nx, ny)) continue;
        seen[next] = 1;
        points.push(next);
      }
    }
    found.push({ left, right, top, bottom, points, width });
  }
  return found;
}

/** The figures of the number, from left to right. */
function numberFigures(picture) {
  const tall = figures(picture).filter((one) => one.bottom - one.top > TALL && one.right - one.left < WIDE);
  const top = Math.min(...tall.map((one) => one.top));
  const first = tall.filter((one) => one.top < top + TALL / 2); // the QR stands further down
  return first.sort((a, b) => a.left - b.left);
}

/**
 * Paper that came out before a slip was whole: a backend or a printer ended within a picture, and the
 * next slip pushed it out. What ends above the line under the number is nobody's slip.
 */
function isTorn({ width, height, black }) {
  const ink = Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => black(x, y)).filter(Boolean).length);
  let rules = 0, begin = -1;
  for (let y = 0; y <= height; y++) {
    const whole = ink[y] === width;
    if (whole && begin < 0) begin = y;
    if (whole || begin < 0) continue;
    const between = (ink[begin - 1] ?? 0) < width / 3 && (ink[y] ?? 0) < width / 3; // not a part of a black band
    if (between && y - begin <= RULE_MAX) rules += 1;
    begin = -1;
  }
  return rules < RULES_MIN;
}

/** Ink on a coarse grid, whatever the size; and how wide it is for its height. */
function shapeOf(figure) {
  const w = figure.right - figure.left + 1, h = figure.bottom - figure.top + 1;
  const ink = new Float64Array(GRID.w * GRID.h), room = (w * h) / ink.length;
  for (const point of figure.points) {
    const x = (point % figure.width) - figure.left, y = Math.floor(point / figure.width) - figure.top;
    ink[Math.floor((y * GRID.h) / h) * GRID.w + Math.floor((x * GRID.w) / w)] += 1 / room;
  }
  return { ink, slim: w / h };
}

const unlike = (a, b) => Math.abs(a.slim - b.slim) * 2 + a.ink.reduce((sum, ink, i) => sum + Math.abs(ink - b.ink[i]), 0) / a.ink.length;

export class SlipReader {
  /** Learns the font's figures from a key that the kiosk's own drawing prints. */
  static async create(glyphTool) {
    const reader = new SlipReader(), dir = await mkdtemp(path.join(os.tmpdir(), 'machiai-glyphs-'));
    reader.key = [];
    try {
      const lines = (await run(glyphTool, [dir])).trim().split('\n').map((line) => JSON.parse(line));
      for (const line of lines) {
        const found = numberFigures(bitsOf(await readFile(path.join(dir, `${line.text}.bits`)), line));
        if (found.length !== line.text.length) throw new Error(`the key ${line.text} has ${found.length} figures`);
        reader.key.push({ name: line.text[1], shape: shapeOf(found[1]) });
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
    return reader;
  }

  numberOn(picture) {
    return numberFigures(picture).map((figure) => {
      const shape = shapeOf(figure);
      return this.key.reduce((best, one) => {
        const distance = unlike(one.shape, shape);
        return distance < best.distance ? { distance, name: one.name } : best;
      }, { distance: Infinity, name: '?' }).name;
    }).join('');
  }

  /** [{file, torn, number, code: "" when it has none, band}] of PNG files. */
  async read(files) {
    const codes = await codesIn(files), out = [];
    for (const file of files) {
      const png = await readFile(file), picture = pictureOf(png), torn = isTorn(picture);
      out.push({ file, torn, number: torn ? '' : this.numberOn(picture), code: codes.get(file) ?? '', band: !torn && inkOfBand(png) > BAND_INK });
    }
    return out;
  }
}

/** Code of the holder's page in each file's QR. zbarimg ends with 4 when a file has none. */
async function codesIn(files) {
  const codes = new Map();
  for (let i = 0; i < files.length; i += QR_FILES_A_RUN) {
    const some = files.slice(i, i + QR_FILES_A_RUN);
    const xml = await run('zbarimg', ['-q', '--xml', ...some], { seconds: 120 }).catch((error) => {
      if (error.code === 4) return error.stdout;
      throw error;
    });
    for (const [, href, rest] of xml.matchAll(/<source href='([^']*)'>([\s\S]*?)<\/source>/g)) {
      const code = rest.match(/<!\[CDATA\[\S*\/t\/([^/\s\]]+)\]\]>/)?.[1];
      if (code) codes.set(href, code);
    }
  }
  return codes;
}
