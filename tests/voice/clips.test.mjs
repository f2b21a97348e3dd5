// assets/voice/level.c on made-up recordings: trimmed at both ends, even, never clipped, nothing made of silence.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import assert from 'node:assert/strict';

const dir = mkdtempSync(path.join(tmpdir(), 'machiai-level-'));
after(() => rmSync(dir, { recursive: true }));
const at = (name) => path.join(dir, name);

/** `ms` of silence, a tone of 200 ms..., silence. */
function record(name, { level, before = 400, speech = 1000, behind = 550, rate = 48000 }) {
  const count = (rate / 1000) * (before + speech + behind);
  const wav = Buffer.alloc(44 + 2 * count);
  wav.write('RIFF', 0); wav.writeUInt32LE(36 + 2 * count, 4); wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28); wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34); wav.write('data', 36);
  wav.writeUInt32LE(2 * count, 40);
  for (let i = 0; i < count; i++) {
    const ms = (i * 1000) / rate - before;
    const sound = ms >= 0 && ms < speech ? level * 32767 * Math.sin(i / 10) : (i % 3) - 1;
    wav.writeInt16LE(Math.round(sound), 44 + 2 * i);
  }
  writeFileSync(at(name), wav);
}

function measure(name) {
  const wav = readFileSync(at(name));
  assert.equal(wav.readUInt32LE(40), wav.length - 44);
  assert.equal(wav.readUInt32LE(4), wav.length - 8);
  let peak = 0, sum = 0;
  const count = (wav.length - 44) / 2;
  for (let i = 0; i < count; i++) {
    const sample = wav.readInt16LE(44 + 2 * i);
    peak = Math.max(peak, Math.abs(sample));
    sum += sample * sample;
  }
  return { ms: count / 48, peak, rms: Math.sqrt(sum / count) };
}

const level = (from, to) => execFileSync(process.env.LEVEL, [at(from), at(to)]);

test('silence goes from both ends, and little else', () => {
  record('a.wav', { level: 0.3 });
  level('a.wav', 'b.wav');
  const { ms } = measure('b.wav');
  assert.ok(ms > 1050 && ms < 1100, `${ms} ms`);
});

test('a soft and a loud recording come out equally loud, neither clipped', () => {
  record('soft.wav', { level: 0.02 });
  record('loud.wav', { level: 1 });
  level('soft.wav', 'soft2.wav');
  level('loud.wav', 'loud2.wav');
  const soft = measure('soft2.wav'), loud = measure('loud2.wav');
  assert.ok(Math.abs(20 * Math.log10(soft.rms / loud.rms)) < 0.5);
  assert.ok(soft.peak < 23000 && loud.peak < 23000);
  assert.ok(soft.rms > 3000);
});

test('silence, another rate and no file are refused with a sentence', () => {
  record('silent.wav', { level: 0, speech: 0 });
  record('rate.wav', { level: 0.3, rate: 16000 });
  for (const name of ['silent.wav', 'rate.wav', 'none.wav']) {
    const { status, stderr } = spawnSync(process.env.LEVEL, [at(name), at('out.wav')], { encoding: 'utf8' });
    assert.equal(status, 1, name);
    assert.match(stderr, /holds no speech/);
  }
});
