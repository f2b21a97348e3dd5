// A wall clock of the test's own for cloud and kiosk (tests/fake/clock.c): it runs as time does, and
// leaps ahead when told. Node keeps the real one.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

export class Clock {
  constructor(house) {
    this.file = house.at('clock');
    this.ahead = 0;
    this.write();
    const env = { LD_PRELOAD: path.join(process.env.MACHIAI_BUILD, 'tests/system/libtest-clock.so'), MACHIAI_TEST_CLOCK: this.file,
      ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:verify_asan_link_order=0` };
    Object.assign(house.cloudEnv, env);
    Object.assign(house.kioskEnv, env);
  }

  write() {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(this.ahead));
    writeFileSync(this.file, bytes, { flag: this.ahead ? 'r+' : 'w' }); // never shorter: it is mapped
  }

  now() {
    return Date.now() + this.ahead;
  }

  /** Never backwards: certificates and logs would not hold. */
  leap(to) {
    if (to < this.now()) throw new Error(`the clock is past ${new Date(to).toISOString()}`);
    this.ahead = Math.round(to - Date.now());
    this.write();
  }
}
