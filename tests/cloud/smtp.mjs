// A real SMTP server (Debian's aiosmtpd, smtp_server.py) for the tests of mails.
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('smtp_server.py', import.meta.url));
export const waitMs = 20000;

/** Lines of a child as they come; next() fails when none comes in time. */
export function lines(child) {
  const waiting = [], come = [];
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    if (waiting.length) waiting.shift()(line);
    else come.push(line);
  });
  return {
    come,
    next: () => come.length ? Promise.resolve(come.shift()) : new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no line came')), waitMs);
      waiting.push((line) => { clearTimeout(timer); resolve(line); });
    }),
  };
}

/** { child, said, port }: a mail is a line of `said`. */
export async function startSmtp(...options) {
  // Debian's own python3: the one that its python3-aiosmtpd belongs to
  const child = spawn('/usr/bin/python3', [script, ...options.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = lines(child);
  return { child, said, port: Number(await said.next()) };
}

export async function stop(child, how) {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  how(child);
  await gone;
}

export const stopSmtp = (server) => stop(server.child, (child) => child.stdin.end());
