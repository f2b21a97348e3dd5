// A card in a machine that is not there: QEMU's ARM board virt, started by the card's own boot script,
// with two screens and a private wire that leads nowhere but to this test.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const BOOT_OFFSET = '4M'; // of the FAT partition, see cmake/image/assemble.sh
const CARD_SIZE = '6G'; // sparse; what lies behind the slots is made at the first start
// An emulated processor that others keep busy stalls for longer than a service may.
const KERNEL = 'systemd.service_watchdogs=no video=Virtual-1:1280x800@60e video=Virtual-2:1280x720@60e';

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
  /** How much of the picture has about this colour, 0 to 1. */
  const share = (colour, near = 6) => {
    let count = 0;
    for (let i = 0; i < width * height * 3; i += 3)
      if (colour.every((value, part) => Math.abs(pixels[i + part] - value) <= near)) count++;
    return count / (width * height);
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
    this.put('kernel.txt', `extra=${KERNEL}\n`);
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

  /** forwards: addresses of the wire that lead to ports of this machine, {'10.0.2.100:8443': 40001}. */
  async start({ forwards = {} } = {}) {
    this.port = await freePort();
    rmSync(this.at('qmp'), { force: true });
    const wire = Object.entries(forwards).map(([from, to]) => `,guestfwd=tcp:${from}-cmd:${process.execPath} ${here}/wire.mjs ${to}`).join('');
    this.begin = performance.now();
    this.qemu = spawn('qemu-system-aarch64', [
      '-M', 'virt', '-cpu', 'cortex-a72', '-smp', '2', '-m', '1024', '-accel', 'tcg,thread=multi',
      '-bios', '/usr/lib/u-boot/qemu_arm64/u-boot.bin',
      '-drive', `if=none,id=card,file=${this.card},format=raw,cache=unsafe`, '-device', 'virtio-blk-pci,drive=card',
      '-device', 'virtio-gpu-pci,id=gpu,max_outputs=2,xres=1280,yres=800',
      '-device', 'virtio-keyboard-pci', '-device', 'virtio-tablet-pci', '-device', 'virtio-rng-pci',
      '-netdev', `user,id=wire,restrict=on,hostfwd=tcp:127.0.0.1:${this.port}-:22${wire}`,
      '-device', 'virtio-net-pci,netdev=wire',
      '-display', 'none', '-monitor', 'none', '-serial', `file:${this.at('serial.log')}`,
      '-qmp', `unix:${this.at('qmp')},server=on,wait=off`, '-no-reboot',
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
    return execFileSync('ssh', ['-q', '-i', this.at('key'), '-p', String(this.port), '-o', 'StrictHostKeyChecking=no',
      '-o', 'UserKnownHostsFile=/dev/null', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=240',
      '-o', 'ControlMaster=auto', '-o', `ControlPath=${this.at('ssh')}`, '-o', 'ControlPersist=yes', 'root@127.0.0.1', command],
    { encoding: 'utf8', timeout: 300000, input, stdio: ['pipe', 'pipe', 'ignore'] });
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
