// npos, a reader of ESC/POS that knows nothing of ours, turns the bytes that reached the printer
// back into a picture.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.MACHIAI_PRINTING_NPM, 'package.json'));
const HEAD = 8; // its nodes point at the dots, its decoder wants the command

// All strips of the recorded bytes as one picture.
export async function decoded(bytes) {
  const npos = require('npos');
  const ast = await npos.parser().parse(bytes);
  const strips = ast.tree.filter((node) => node.fn === 'v0').map((node) => ({ offset: node.offset - HEAD }));
  const image = npos.codecs.raster.decode(bytes, strips);
  const stride = image.width / 8;
  const bits = Buffer.alloc(stride * image.height);
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < image.width; x++)
      if (image.getPixel(x, y) === 0) bits[y * stride + (x >> 3)] |= 0x80 >> (x & 7);
  return { width: image.width, height: image.height, bits, commands: ast.tree.map((node) => node.fn) };
}
