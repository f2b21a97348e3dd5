// A card in a machine that is not there: QEMU's ARM board virt, started by the card's own boot script,
// with two screens and a private wire that leads nowhere but to this test.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SECTOR = 512;
const NEAR = 6; // of a colour's 256 steps
const EACH = 3; // pixel of a row is looked at: who looks takes the guest's processors
const BOOT_OFFSET = '4M'; // of the FAT partition, see cmake/image/assemble.sh
const CARD_SIZE = '6G'; // sparse; what lies behind the slots is made at the first start
const KERNEL = 'systemd.service_watchdogs=no video=Virtual-1:1280x800@60e video=Virtual-2:1280x720@60e';
// What the slot has more than on a card. An emulated processor that others keep busy stalls for longer than a
// service may; and Mesa, which draws here because there is no graphics processor, draws without threads of its
// own: with them the kiosk was seen to wait for one that never woke.
const EMULATOR = {
  kiosk: 'WatchdogSec=300\nTimeoutStartSec=3000\nEnvironment=LP_NUM_THREADS=0',
  storage: 'TimeoutStartSec=1200',
};
const CONTROL = '/run/machiai/ctl.sock';

const here = path.dirname(fileURLToPath(import.meta.url));

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what, probe, { seconds, every = 1000 }) {
  const end = performance.now() + seconds * 1000;
  for (let last; ; await sleep(every)) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      if (error.ended) throw error;
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${seconds} s for ${what}${last ? ` (${last.message})` : ''}`);
  }
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Pixels of a PPM file as QEMU writes it. */
export function readPicture(file) {
  const data = readFileSync(file);
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(data.subarray(0, 64).toString('latin1'));
  if (!head) throw new Error(`${file} is no picture`);
  const [width, height] = [+head[1], +head[2]];
  const pixels = data.subarray(head[0].length);
  /** Of an area, in parts of the picture, how much `wanted` counts; it gets a pixel's place in `pixels`. */
  const part = (wanted, { left = 0, top = 0, right = 1, bottom = 1 } = {}) => {
    const from = [Math.round(left * width), Math.round(top * height)];
    const to = [Math.round(right * width), Math.min(height, Math.round(bottom * height))];
    let seen = 0, count = 0;
    for (let y = from[1]; y < to[1]; y++)
      for (let x = from[0]; x < to[0]; x += EACH, seen++)
        if (wanted((y * width + x) * 3)) count++;
    return seen && count / seen;
  };
  const near = (i, r, g, b) => Math.abs(pixels[i] - r) <= NEAR && Math.abs(pixels[i + 1] - g) <= NEAR &&
    Math.abs(pixels[i + 2] - b) <= NEAR;
  return {
    width, height, pixels,
    /** How much of an area has about this colour: 0 to 1. */
    share: ([r, g, b], area) => part((i) => near(i, r, g, b), area),
    /** How much of an area has another colour in another picture of the same size: 0 to 1. */
    changed: ({ pixels: other }, area) => part((i) => !near(i, other[i], other[i + 1], other[i + 2]), area),
  };
}

export class Guest {
  constructor(dir, image, { size = CARD_SIZE } = {}) {
    this.dir = dir;
    this.card = path.join(dir, 'card.img');
    mkdirSync(dir, { recursive: true });
    rmSync(this.card, { force: true });
    if (image.endsWith('.zst')) execFileSync('zstd', ['-q', '-d', '--sparse', '-f', image, '-o', this.card]);
    else execFileSync('cp', ['--sparse=always', image, this.card]);
    execFileSync('qemu-img', ['resize', '-q', '-f', 'raw', this.card, size]);
    for (const [unit, lines] of Object.entries(EMULATOR)) {
      const folder = `/etc/systemd/system/machiai-${unit}.service.d`, file = this.at(`${unit}.emulator`);
      writeFileSync(file, `[Service]\n${lines}\n`);
      this.slot(['-w'], `mkdir ${folder}`); // it may be there
      this.slot(['-w'], `write ${file} ${folder}/emulator.conf`);
    }
    this.kernel('');
    rmSync(this.at('key'), { force: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', this.at('key')]);
  }

  at(name) {
    return path.join(this.dir, name);
  }

  get key() {
    return readFileSync(this.at('key.pub'), 'utf8').trim();
  }

  /** A file on the FAT, as a technician's laptop writes it. */
  put(name, text) {
    writeFileSync(this.at(name), text);
    execFileSync('mcopy', ['-o', '-i', `${this.card}@@${BOOT_OFFSET}`, this.at(name), `::${name}`]);
  }

  /** A file of the FAT, as it came out of the build. */
  take(name) {
    execFileSync('mcopy', ['-n', '-i', `${this.card}@@${BOOT_OFFSET}`, `::${name}`, this.at(name)]);
  }

  /** What debugfs says or does in the first slot. */
  slot(options, command) {
    const table = execFileSync('sfdisk', ['-d', this.card], { encoding: 'utf8' });
    const start = +/2 : start= *(\d+)/.exec(table)[1];
    return execFileSync('debugfs', [...options, '-R', command, `${this.card}?offset=${start * SECTOR}`],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  }

  /** Further words for the kernel, as a technician writes them into kernel.txt. */
  kernel(words) {
    this.put('kernel.txt', `extra=${KERNEL} ${words}\n`);
  }

  /** Nobody waits for a machine that has ended by itself. */
  mustRun() {
    if (this.qemu.exitCode !== null || this.qemu.signalCode !== null)
      throw Object.assign(new Error(`the machine ended by itself; see ${this.at('serial.log')}`), { ended: true });
  }

  /** What came out of the serial line. */
  said() {
    this.mustRun();
    return existsSync(this.at('serial.log')) ? readFileSync(this.at('serial.log'), 'utf8') : '';
  }

  /** forwards: addresses of the wire that lead to ports of this machine, {'10.0.2.100:8443': 40001}. */
  async start({ forwards = {} } = {}) {
    this.port = await freePort();
    const wire = Object.entries(forwards).map(([from, to]) => `,guestfwd=tcp:${from}-cmd:${process.execPath} ${here}/wire.mjs ${to}`).join('');
    await this.run([
      '-M', 'virt', '-cpu', 'cortex-a72', '-smp', '2', '-m', '1024',
      '-bios', '/usr/lib/u-boot/qemu_arm64/u-boot.bin',
      '-drive', `if=none,id=card,file=${this.card},format=raw,cache=unsafe`, '-device', 'virtio-blk-pci,drive=card',
      '-device', 'virtio-gpu-pci,id=gpu,max_outputs=2,xres=1280,yres=800',
      '-device', 'virtio-keyboard-pci', '-device', 'virtio-tablet-pci', '-device', 'virtio-rng-pci',
      '-netdev', `user,id=wire,restrict=on,hostfwd=tcp:127.0.0.1:${this.port}-:22${wire}`,
      '-device', 'virtio-net-pci,netdev=wire,romfile=', '-serial', `file:${this.at('serial.log')}`,
    ]);
  }

  async run(machine) {
    rmSync(this.at('qmp'), { force: true });
    this.begin = performance.now();
    this.qemu = spawn('qemu-system-aarch64', [...machine, '-accel', 'tcg,thread=multi', '-display', 'none',
      '-monitor', 'none', '-qmp', `unix:${this.at('qmp')},server=on,wait=off`, '-no-reboot',
    ], { stdio: ['ignore', 'ignore', 'inherit'] });
    this.ended = new Promise((resolve) => this.qemu.once('exit', resolve));
    await until('QEMU', () => existsSync(this.at('qmp')), { seconds: 20, every: 100 });
    this.qmp = net.connect(this.at('qmp'));
    this.answers = [];
    let rest = '';
    this.qmp.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      for (const line of lines.filter(Boolean).map(JSON.parse))
        if ('return' in line || 'error' in line) this.answers.shift()?.(line);
    });
    await this.ask('qmp_capabilities');
  }

  async ask(execute, args) {
    const answer = new Promise((resolve) => this.answers.push(resolve));
    this.qmp.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const { error, return: value } = await answer;
    if (error) throw new Error(`${execute}: ${error.desc}`);
    return value;
  }

  async picture(head, name = `screen${head}`) {
    this.mustRun();
    const file = this.at(`${name}.ppm`);
    await this.ask('screendump', { filename: file, device: 'gpu', head });
    return readPicture(file);
  }

  seconds() {
    return (performance.now() - this.begin) / 1000;
  }

  /** One connection for all: a guest that is slow takes minutes to log somebody in. */
  ssh(command, input = '') {
    return execFileSync('ssh', [...this.door(), 'root@127.0.0.1', command],
      { encoding: 'utf8', timeout: 300000, input, stdio: ['pipe', 'pipe', 'ignore'] });
  }

  /** A command that stays: what is written into its standard input goes to it. */
  hold(command) {
    return spawn('ssh', [...this.door(), 'root@127.0.0.1', command], { stdio: ['pipe', 'ignore', 'inherit'] });
  }

  door() {
    return ['-q', '-i', this.at('key'), '-p', String(this.port), '-o', 'StrictHostKeyChecking=no',
      '-o', 'UserKnownHostsFile=/dev/null', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=240',
      '-o', 'ControlMaster=auto', '-o', `ControlPath=${this.at('ssh')}`, '-o', 'ControlPersist=yes'];
  }

  /** Asks the kiosk over a forwarded socket: to start the program in the guest takes it half a minute. */
  async ctl(command) {
    if (!existsSync(this.at('ctl'))) {
      this.ssh('true');
      execFileSync('ssh', [...this.door(), '-O', 'forward', '-L', `${this.at('ctl')}:${CONTROL}`, 'root@127.0.0.1'],
        { timeout: 60000, stdio: 'ignore' });
    }
    const line = net.connect(this.at('ctl'));
    line.setTimeout(60000, () => line.destroy(new Error('the kiosk gives no answer')));
    line.write(`${JSON.stringify({ command })}\n`);
    let text = '';
    for await (const part of line) text += part;
    const answer = JSON.parse(text);
    if (answer.error) throw new Error(answer.message);
    return answer;
  }

  /** Its power goes, as any card must bear. */
  async stop() {
    if (!this.qemu) return;
    this.qemu.kill('SIGKILL');
    this.qmp?.destroy();
    await this.ended;
  }
}
