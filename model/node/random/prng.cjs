'use strict';
// Random numbers from a seed (mulberry32), and what a plan draws with them. Nothing here knows of streams.

class Random {
  constructor(seed) {
    // Seeds that follow one another must not give programs that resemble one another: mix before the first draw.
    let state = Math.imul((seed >>> 0) ^ 0x9e3779b9, 0x85ebca6b);
    state ^= state >>> 13;
    this.state = Math.imul(state, 0xc2b2ae35) >>> 0;
  }

  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  chance(probability) {
    return this.next() < probability;
  }

  /** An integer from `low` to `high`, both included. */
  int(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  /** A key of `weights`, as often as its number says. */
  weighted(weights) {
    const entries = Object.entries(weights);
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return entries[entries.length - 1][0];
  }
}

module.exports = { Random };
