// A card in a machine that is not there: QEMU's ARM board virt, started by the card's own boot script,
// with two screens and a private wire that leads nowhere but to this test.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SECTOR = 512;
const NEAR = 6; // of a colour's 256 steps
const BOOT_OFFSET = '4M'; // of the FAT partition, see cmake/image/assemble.sh
const CARD_SIZE = '6G'; // sparse; what lies behind the slots is made at the first start
const KERNEL = 'systemd.service_watchdogs=no video=Virtual-1:1280x800@60e video=Virtual-2:1280x720@60e';
// An emulated processor that others keep busy stalls for longer than a service may: the one file of the
// slot that is not as it is on a card.
const PATIENCE = {
  file: '/etc/systemd/system/machiai-kiosk.service.d/emulator.conf',
  text: '[Service]\nWatchdogSec=300\nTimeoutStartSec=3000\n',
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
  /** How much of an area, in parts of the picture, has about this colour: 0 to 1. */
  const share = (colour, { left = 0, top = 0, right = 1, bottom = 1 } = {}) => {
    const from = [Math.round(left * width), Math.round(top * height)];
    const to = [Math.round(right * width), Math.min(height, Math.round(bottom * height))];
    let count = 0;
    for (let y = from[1]; y < to[1]; y++)
      for (let i = (y * width + from[0]) * 3; i < (y * width + to[0]) * 3; i += 3)
        if (colour.every((value, part) => Math.abs(pixels[i + part] - value) <= NEAR)) count++;
    return count / ((to[0] - from[0]) * (to[1] - from[1]));
  };
  return { width, height, share };
}

export class Guest {
  constructor(dir, image) {
    this.dir = dir;
    this.card = path.join(dir, 'card.img');
    mkdirSync(dir, { recursive: true });
    rmSync(this.card, { force: true });
    if (image.endsWith('.zst')) execFileSync('zstd', ['-q', '-d', '--sparse', '-f', image, '-o', this.card]);
    else execFileSync('cp', ['--sparse=always', image, this.card]);
    execFileSync('qemu-img', ['resize', '-q', '-f', 'raw', this.card, CARD_SIZE]);
    writeFileSync(this.at('patience'), PATIENCE.text);
    this.slot(['-w'], `write ${this.at('patience')} ${PATIENCE.file}`);
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

  /** What came out of the serial line. */
  said() {
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
      '-device', 'virtio-net-pci,netdev=wire', '-serial', `file:${this.at('serial.log')}`,
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

  async stop() {
    if (!this.qemu) return;
    try {
      await this.ask('system_powerdown');
      await Promise.race([this.ended, sleep(60000)]);
    } finally {
      this.qemu.kill('SIGKILL');
      this.qmp.destroy();
      await this.ended;
    }
  }
}
