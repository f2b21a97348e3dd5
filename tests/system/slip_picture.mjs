// Looks at a slip as it came out of the virtual printer (1-bit grey PNG, filter 0, one IDAT).
import { inflateSync } from 'node:zlib';

const BAND_FROM = 24, BAND_TO = 80; // rows of the white-on-black band of a further slip

/** Share of black dots in the rows from `from` on, to the end unless told. */
export function inkOf(png, from = 0, to = png.readUInt32BE(20)) {
  const width = png.readUInt32BE(16), stride = Math.ceil(width / 8);
  const at = png.indexOf('IDAT', 0, 'latin1');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  let black = 0;
  for (let y = from; y < to; y++)
    for (let x = 0; x < width; x++)
      black += (rows[y * (stride + 1) + 1 + (x >> 3)] & (0x80 >> (x & 7))) === 0;
  return black / (width * (to - from));
}

/** Share of black dots where the band of a further slip is. */
export const inkOfBand = (png) => inkOf(png, BAND_FROM, BAND_TO);
