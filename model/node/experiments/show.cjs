'use strict';
// What the experiments share: each variant gets a stream of its own, runs until nothing more happens, and prints one line, the order of events.

const ROUNDS = 16; // of the event loop, for each variant
const EVENTS = ['drain', 'prefinish', 'finish', 'error', 'close'];
const variants = [];
let words = [];

const log = (word) => { words.push(word); };
const text = (error) => {
  if (error instanceof AggregateError) return `[${error.errors.map(text).join(' + ')}]`;
  return (error && (error.code || error.message)) || String(error);
};
const after = (label) => (error) => log(error ? `${label}(${text(error)})` : label);

/** Logs the events of `stream`, all that there are or those that are named. */
function watch(stream, names = EVENTS) {
  for (const name of names) stream.on(name, (error) => log(name === 'error' ? `'error'(${text(error)})` : `'${name}'`));
  return stream;
}

function write(stream, chunk, label = String(chunk)) {
  const more = stream.write(chunk, after(`callback ${label}`));
  log(`write ${label}: ${more}`);
  return more;
}

function end(stream, chunk, label = 'end') {
  if (chunk === undefined) stream.end(after(`callback ${label}`));
  else stream.end(chunk, after(`callback ${label}`));
  log(`${label} returned`);
}

/** Logs what `run` throws. */
function attempt(label, run) {
  try {
    const result = run();
    log(`${label}: ${typeof result === 'object' ? 'accepted' : result}`);
  } catch (error) {
    log(`${label} throws ${text(error)}`);
  }
}

function look(stream, ...names) {
  log(`{${names.map((name) => `${name} ${name === 'errored' && stream.errored ? text(stream.errored) : stream[name]}`).join(', ')}}`);
}

const label = (chunk) => (chunk && (chunk.length > 8 || chunk[0] === 0) ? `${chunk.length} bytes` : `"${chunk}"`);
const fast = (chunk, encoding, callback) => { log(`_write ${label(chunk)}`); callback(); };
const slow = (chunk, encoding, callback) => { log(`_write ${label(chunk)}`); setImmediate(callback); };
const both = (chunks) => chunks.map(({ chunk }) => label(chunk)).join();
const fastv = (chunks, callback) => { log(`_writev ${both(chunks)}`); callback(); };
const slowv = (chunks, callback) => { log(`_writev ${both(chunks)}`); setImmediate(callback); };

/** A sink that says when: `hand.done(error)` completes the oldest call that is still to be completed. */
function hand() {
  const held = [];
  return {
    write: (chunk, encoding, callback) => { log(`_write ${label(chunk)}`); held.push(callback); },
    writev: (chunks, callback) => { log(`_writev ${both(chunks)}`); held.push(callback); },
    done: (error) => { const callback = held.shift(); log('sink calls back'); callback(error); log('and is back'); return callback; },
  };
}

/** The steps, each in a round of the event loop of its own. */
function steps(...list) {
  if (list.length === 0) return;
  setImmediate(() => {
    log('|');
    setImmediate(() => steps(...list.slice(1)));
    list[0]();
  });
}

function variant(name, run) {
  variants.push([name, run]);
  if (variants.length === 1) setImmediate(next);
}

function next() {
  if (variants.length === 0) return;
  const [name, run] = variants[0];
  words = [];
  rest(name, ROUNDS);
  run();
}

function rest(name, left) {
  setImmediate(() => {
    if (left > 0) return rest(name, left - 1);
    console.log(`${name}: ${words.join('  ')}`);
    variants.shift();
    return next();
  });
}

process.on('uncaughtException', (error) => log(`uncaught ${text(error)}`));
process.on('unhandledRejection', (error) => log(`unhandled rejection ${text(error)}`));

module.exports = { variant, log, watch, write, end, attempt, look, fast, slow, fastv, slowv, hand, steps };
