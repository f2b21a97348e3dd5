// The pages' own modules, as the build lays them out, importable by Node: a copy beside a package.json
// that says they are modules.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export async function importPages(assets, names) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'machiai-web-'));
  cpSync(assets, dir, { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), '{"type":"module"}');
  const modules = {};
  for (const name of names) modules[name] = await import(pathToFileURL(path.join(dir, `${name}.js`)));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return modules;
}
