// The image as it lies in its file, before anything boots it: what it must hold, and what it must not.
//   MACHIAI_IMAGE=build/image/machiai-VERSION.img.zst node --test tests/image/card.test.mjs
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';

const image = process.env.MACHIAI_IMAGE;
const dir = mkdtempSync(path.join(os.tmpdir(), 'machiai-card-'));
const card = path.join(dir, 'card.img');
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
let partitions, slot, fat;

before(() => {
  execFileSync('zstd', ['-q', '-d', '--sparse', '-f', image, '-o', card]);
  partitions = JSON.parse(run('sfdisk', '--json', card)).partitiontable.partitions;
  slot = `${card}?offset=${partitions[1].start * 512}`;
  fat = `${card}@@${partitions[0].start * 512}`;
});
after(() => rmSync(dir, { recursive: true, force: true }));

const debugfs = (request) => run('debugfs', '-R', request, slot);
const exists = (file) => /^Inode: /m.test(debugfs(`stat ${file}`));

/** Names in a directory of the slot; [] when there is none. */
const names = (folder) => debugfs(`ls -p ${folder}`).split('\n').map((line) => line.split('/')[5]).filter((name) => name && !/^\.\.?$/.test(name));

/** Where a link of the slot leads, '' when it is none. */
const link = (file) => /^Fast link dest: "(.*)"$/m.exec(debugfs(`stat ${file}`))?.[1] ?? '';

/** A file's text; '' when there is none. */
const text = (file) => debugfs(`cat ${file}`);

const sha256 = (file) => new Promise((resolve, reject) => {
  const hash = createHash('sha256');
  createReadStream(file).on('data', (data) => hash.update(data)).on('end', () => resolve(hash.digest('hex'))).on('error', reject);
});

test('what Raspberry Pi Imager reads is true of the file', async () => {
  const manifest = JSON.parse(readFileSync(`${image}.json`, 'utf8')).os_list[0];
  assert.equal(path.basename(manifest.url), path.basename(image));
  assert.equal(manifest.image_download_size, statSync(image).size);
  assert.equal(manifest.image_download_sha256, await sha256(image));
  assert.equal(manifest.extract_size, statSync(card).size);
  assert.equal(manifest.extract_sha256, await sha256(card));
  assert.equal(manifest.init_format, 'none', 'nothing of Imager\'s own settings works here, so it must not ask for them');
  assert.equal(readFileSync(`${image}.sha256`, 'utf8'), `${manifest.image_download_sha256}  ${path.basename(image)}\n`);
});

test('a FAT that every laptop opens, and two slots of one size', () => {
  assert.deepEqual(partitions.map(({ type }) => type), ['c', '83', '83']);
  assert.equal(partitions[1].size, partitions[2].size);
  const files = run('mdir', '-b', '-i', fat, '::').toLowerCase();
  for (const file of ['kiosk.conf', 'config.txt', 'boot.scr', 'u-boot.bin', 'start4.elf', 'bootcode.bin', 'licence.broadcom',
    'bcm2837-rpi-3-b.dtb', 'bcm2837-rpi-3-b-plus.dtb', 'bcm2711-rpi-4-b.dtb', 'bcm2711-rpi-400.dtb', 'bcm2711-rpi-cm4-io.dtb', 'bcm2837-rpi-zero-2-w.dtb'])
    assert.ok(files.includes(`::/${file}\n`), `${file} on the FAT`);
  const conf = run('mtype', '-i', fat, '::kiosk.conf');
  assert.equal(/[^\r]\n/.test(conf), false, 'kiosk.conf has Notepad\'s line ends');
  assert.equal(/^(url|code|ssh_key|password) /m.test(conf), false, 'and nobody\'s secrets');
});

test('nobody can log in, at the panel or over the network', () => {
  for (const line of text('/etc/shadow').trim().split('\n')) assert.match(line, /^[^:]+:[!*]/, 'an account has a password');
  for (const line of text('/etc/passwd').trim().split('\n')) assert.match(line, /^[^:]+:x:/, 'an account needs none');
  for (const unit of ['getty@', 'serial-getty@', 'autovt@']) assert.equal(link(`/etc/systemd/system/${unit}.service`), '/dev/null', unit);
  assert.deepEqual(names('/etc/systemd/system/getty.target.wants'), []);
  assert.deepEqual(names('/etc/ssh').filter((name) => name.startsWith('ssh_host_')), [], 'no two cards have one key');
  assert.deepEqual(names('/root/.ssh'), [], 'nobody\'s key but kiosk.conf\'s');
  const ssh = text('/etc/systemd/system/ssh.service.d/card.conf');
  assert.match(ssh, /^ConditionPathExists=\/run\/machiai-card\/authorized_keys$/m);
  assert.match(ssh, /^ExecStart=\/usr\/sbin\/sshd .*PasswordAuthentication=no .*KbdInteractiveAuthentication=no/m);
  assert.equal(exists('/etc/systemd/system/sockets.target.wants/ssh.socket'), false);
});

test('time, watchdog, journal, no identity of its own', () => {
  assert.ok(exists('/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service'));
  assert.match(text('/etc/systemd/system.conf.d/machiai.conf'), /^RuntimeWatchdogSec=1[0-5]$/m);
  assert.match(text('/etc/systemd/journald.conf.d/machiai.conf'), /^SystemMaxUse=\d+M$/m);
  assert.equal(text('/etc/machine-id'), '', 'each card has its own');
  for (const unit of ['kiosk', 'storage', 'card', 'printing', 'good'])
    assert.ok(['multi-user', 'local-fs'].some((target) => ['wants', 'requires'].some((kind) =>
      exists(`/etc/systemd/system/${target}.target.${kind}/machiai-${unit}.service`))), `machiai-${unit} is started`);
  assert.match(text('/lib/systemd/system/machiai-kiosk.service') || text('/usr/lib/systemd/system/machiai-kiosk.service'), /^Type=notify$[^]*^WatchdogSec=\d+$/m);
});

test('what the kiosk looks for when it runs was made when the image was', () => {
  for (const font of ['truetype/bizud-gothic/BIZUDGothic-Regular.ttf', 'truetype/bizud-gothic/BIZUDPGothic-Bold.ttf',
    'opentype/noto/NotoSansCJK-Regular.ttc', 'opentype/noto/NotoSansCJK-Bold.ttc', 'truetype/noto/NotoSans-Regular.ttf', 'truetype/noto/NotoSans-Bold.ttf'])
    assert.ok(exists(`/usr/share/fonts/${font}`), font);
  assert.ok(names('/var/cache/fontconfig').some((name) => name.endsWith('.cache-8')), 'the fonts\' cache');
  assert.ok(exists('/usr/lib/aarch64-linux-gnu/vlc/plugins/plugins.dat'), 'VLC\'s list of its plugins');
  assert.equal(names('/usr/share/machiai/languages').length, 7);
  assert.equal(names('/usr/share/machiai/codecs').length, 4, 'clips of the player\'s self-test');
  assert.ok(names('/usr/share/machiai/relaxation').filter((name) => name.endsWith('.mp4')).length >= 3, 'films where there is no programme');
  const voiced = /^voice = /m.test(text('/usr/share/machiai/card.conf'));
  assert.ok(names('/usr/share/machiai/voice/number').length >= (voiced ? 999 : 0), 'every number is spoken');
  if (voiced) assert.ok(exists('/usr/share/machiai/voice/LICENCE.txt'));
  else console.log('# skipped: this image was built without the voice (MACHIAI_VOICE=no)');
});

test('the boards that GUIDE.md promises Wi-Fi for have its firmware, by the name that the driver asks for', () => {
  const files = ['43430-sdio.raspberrypi,3-model-b', '43455-sdio.raspberrypi,3-model-b-plus', '43455-sdio.raspberrypi,3-model-a-plus',
    '43455-sdio.raspberrypi,4-model-b'].map((name) => `${name}.txt`);
  for (const file of [...files, '43430-sdio.bin', '43455-sdio.bin', '43430-sdio.clm_blob', '43455-sdio.clm_blob'])
    assert.ok(exists(`/usr/lib/firmware/brcm/brcmfmac${file}`), file);
  assert.ok(exists('/usr/lib/firmware/regulatory.db'));
});

test('every package has its licence on the card, and each source its address', () => {
  const packages = readFileSync(`${image}.packages`, 'utf8').trim().split('\n').map((line) => line.split('\t'));
  assert.ok(packages.length > 300);
  const doc = path.join(dir, 'doc');
  mkdirSync(doc);
  debugfs(`rdump /usr/share/doc ${doc}`);
  for (const name of [...packages.map(([name]) => name), 'raspi-firmware', 'u-boot-rpi', 'busybox-static'])
    assert.ok(statSync(path.join(doc, 'doc', name, 'copyright')).size > 100, `${name}'s copyright`);
  const at = (name) => readFileSync(path.join(doc, 'doc/machiai', name), 'utf8');
  assert.equal(at('packages.txt'), readFileSync(`${image}.packages`, 'utf8'));
  assert.equal(at('sources.txt'), readFileSync(`${image}.sources`, 'utf8'));
  for (const [, , , source, version] of packages.filter(([, , , source]) => !source.startsWith('machiai')))
    assert.ok(at('sources.txt').includes(`${source} ${version} https://snapshot.debian.org/package/${source}/${version}/\n`), source);
  for (const source of ['raspi-firmware', 'u-boot', 'busybox']) assert.match(at('sources.txt'), new RegExp(`^${source} \\S+ https://`, 'm'));
  assert.match(at('LICENSE'), /Apache License/);
  assert.ok(at('NOTICE').length > 500);
});
