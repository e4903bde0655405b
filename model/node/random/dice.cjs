'use strict';
// Random numbers that are the same for the same seed, everywhere.

exports.dice = function dice(seed) {
  let state = Math.imul(seed + 1, 2654435761) >>> 0 || 1;
  const next = () => {
    // xorshift (Marsaglia 2003)
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 0x100000000;
  };
  for (let round = 0; round < 5; round++) next();
  const upTo = (limit) => Math.floor(next() * limit);
  return {
    next,
    upTo,
    chance: (probability) => next() < probability,
    pick: (...choices) => choices[upTo(choices.length)],
    error: () => new Error(`random ${upTo(100)}`),
  };
};
