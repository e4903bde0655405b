'use strict';
// Random programs: `node random.cjs SEED [COUNT] [--stats]` runs COUNT of them (one if not said), one after the other; program N of a run is the
// program of seed SEED + N - 1, so that any of them can be run again alone. --stats prints in how many of them each kind of thing happened.
//
// A program makes one stream with random options, a sink and listeners that do random things, and calls it at random, until all is quiet.
const { dice } = require('./random/dice.cjs');
const { makeStream } = require('./random/stream.cjs');
const { caller } = require('./random/calls.cjs');

const numbers = process.argv.slice(2).filter((arg) => !arg.startsWith('--')).map(Number);
const [first, count = 1] = numbers;
if (!Number.isInteger(first) || !Number.isInteger(count) || count < 1) {
  console.error('usage: node random.cjs SEED [COUNT] [--stats]: whole numbers');
  process.exit(2);
}

// What a program throws is its own affair.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});

const after = (how) => new Promise((resolve) => how(resolve));
const stats = new Map();

async function run(seed) {
  const random = dice(seed);
  const happened = new Set();
  const calls = caller(random, happened);
  calls.stream = makeStream(random, calls, happened);
  const steps = random.upTo(20) + 1;
  for (let step = 0; step < steps; step++) {
    calls.one();
    const pause = random.next();
    if (pause < 0.1) await null;
    else if (pause < 0.2) await after(process.nextTick);
    else if (pause < 0.35) await after(setImmediate);
  }
  // Whatever was put off, by a timer of a millisecond at most, is over then.
  for (let round = 0; round < 3; round++) await after(setImmediate);
  await after((resolve) => setTimeout(resolve, 2));
  await after(setImmediate);
  for (const kind of happened) stats.set(kind, (stats.get(kind) || 0) + 1);
}

(async () => {
  for (let seed = first; seed < first + count; seed++) await run(seed);
  if (!process.argv.includes('--stats')) return;
  for (const [kind, programs] of [...stats].sort()) console.log(`${kind}: ${programs} of ${count}`);
})();
