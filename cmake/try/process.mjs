// Child processes of the demo and of the system tests: started with a log file, watched, ended.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats probe() until it gives something truthy, or fails with what it waited for, or at once with an error that is final. */
export async function until(what, probe, { seconds = 20, every = 100 } = {}) {
  const end = performance.now() + seconds * 1000; // a test may have a wall clock of its own
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      if (error.final) throw error;
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${seconds} s for ${what}${last ? ` (${last.message})` : ''}`);
    }
    await sleep(every);
  }
}

export class Process {
  constructor(name, log, command, args, { env = {}, stdio = [], grace = 10000, ...options } = {}) {
    this.name = name;
    this.log = log;
    this.grace = grace;
    this.lines = [];
    this.exited = null;
    const file = createWriteStream(log, { flags: 'a' });
    this.child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...stdio],
      ...options,
    });
    let rest = '';
    this.child.stdout.on('data', (data) => {
      file.write(data);
      const parts = (rest + data).split('\n');
      rest = parts.pop();
      this.lines.push(...parts);
    });
    this.child.stderr.on('data', (data) => file.write(data));
    this.done = new Promise((resolve) => {
      this.child.on('error', (error) => resolve((this.exited = { error })));
      this.child.on('close', (code, signal) => {
        file.end();
        resolve((this.exited = { code, signal }));
      });
    });
  }

  get pid() {
    return this.child.pid;
  }

  kill(signal) {
    return this.child.kill(signal);
  }

  /** The end of its log; how it ended when it wrote none. */
  lastWords(lines = 12) {
    const text = existsSync(this.log) ? readFileSync(this.log, 'utf8').trimEnd() : '';
    return text ? text.split('\n').slice(-lines).join('\n') : JSON.stringify(this.exited);
  }

  /** Waits for a line of standard output that matches. */
  async line(pattern, seconds = 20) {
    return until(`${this.name}: ${pattern}`, () => {
      const found = this.lines.map((line) => line.match(pattern)).find(Boolean);
      if (!found && this.exited) throw Object.assign(new Error(`the ${this.name} ended by itself:\n${this.lastWords()}`), { final: true });
      return found;
    }, { seconds, every: 20 });
  }

  /** Ends it politely, then by force; resolves with how it ended. */
  async stop() {
    if (this.exited) return this.exited;
    this.child.kill('SIGCONT');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), this.grace);
    const how = await this.done;
    clearTimeout(timer);
    return how;
  }
}

/** Runs a command to its end; rejects with its own words when it fails. */
export function run(command, args, { env = {}, seconds = 60, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: seconds * 1000, ...options,
    });
    let stdout = '', stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(Object.assign(new Error(`${command} ${args.join(' ')}: ${signal ?? `exit ${code}`}\n${stderr}${stdout}`), { code, stdout, stderr }));
    });
  });
}
