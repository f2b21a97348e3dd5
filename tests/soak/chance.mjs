// Chance from a seed: the same seed, the same faults and the same wishes of the crowd.
export class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** 0 <= x < 1 (mulberry32). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** from <= x <= to, whole. */
  whole(from, to) {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** True one time in n. */
  one(n) {
    return this.next() * n < 1;
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }

  shuffled(list) {
    const left = [...list], out = [];
    while (left.length > 0) out.push(left.splice(Math.floor(this.next() * left.length), 1)[0]);
    return out;
  }

  /** A stream of its own, so that what one does costs no other its chance. */
  fork() {
    return new Chance(Math.floor(this.next() * 4294967296));
  }
}
