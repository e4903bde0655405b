'use strict';
// Random programs that use a writable stream, well and badly.
//
//     node random.cjs SEED [COUNT]    runs the programs of the seeds SEED, SEED+1, …, one after the other, in this process
//     node random.cjs SEED --show     prints the program of that seed as data
//     node random.cjs --plan FILE     runs such data, as it is or made smaller (random/shrink.cjs does that)
//
// `--stats` prints at the end what happened, in what share of the programs and how often. A program does the same alone as among others.

const fs = require('fs');
const { plan } = require('./random/plan.cjs');
const { Play } = require('./random/play.cjs');
const tally = require('./random/tally.cjs');

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const stats = flags.includes('--stats');

function usage() {
  console.error('usage: node random.cjs SEED [COUNT] [--stats] | SEED --show | --plan FILE');
  process.exitCode = 2;
}

/** `next()` gives the plans, one after the other, and undefined after the last. */
function runAll(next) {
  // Programs that throw and that do not listen are among them: the others run nevertheless.
  process.on('uncaughtException', (error) => { tally.note(`uncaught ${(error && error.code) || 'exception'}`); });
  process.on('unhandledRejection', () => { tally.note('unhandled rejection'); });
  // A Node that warns about its eleventh listener, or an old constructor, has nothing to say here.
  process.removeAllListeners('warning');
  const step = () => {
    const made = next();
    if (!made) return stats && tally.print();
    tally.begin();
    return new Play(made, stats).run(() => setImmediate(step));
  };
  setImmediate(step);
}

function main() {
  if (flags.includes('--plan')) {
    const plans = [JSON.parse(fs.readFileSync(words[0], 'utf8'))];
    return runAll(() => plans.shift());
  }
  const seed = Number(words[0]);
  const count = words.length > 1 ? Number(words[1]) : 1;
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count)) return usage();
  if (flags.includes('--show')) return console.log(JSON.stringify(plan(seed), null, 1));
  let made = 0;
  return runAll(() => (made < count ? plan(seed + made++) : undefined));
}

main();
