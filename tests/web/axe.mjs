// What axe-core finds on a page as it stands.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } };

export async function violations(page) {
  const wire = await page.context().newCDPSession(page);
  await wire.send('Runtime.evaluate', { expression: axe }); // the content policy allows no script tag
  await wire.detach();
  const found = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`);
}
