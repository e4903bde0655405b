'use strict';
// A stream with random options, a random sink, and listeners that do random things.
const { Writable, Duplex, Transform, PassThrough } = require('stream');

const later = (random, call) => random.pick(
  () => process.nextTick(call),
  () => setImmediate(call),
  () => Promise.resolve().then(call),
  () => setTimeout(call, 1),
)();

// The sink calls back at once, later or never; with an error, a falsy one, twice; calls the stream; throws.
function completes(random, calls, happened, callback) {
  const { chance, pick, error } = random;
  const failure = chance(0.08) ? pick(error(), 0, '', false) : null;
  const call = () => {
    calls.some(0.1);
    callback(failure);
    if (chance(0.03)) {
      happened.add('sink called back twice');
      callback();
    }
    calls.some(0.1);
  };
  const when = random.next();
  if (when < 0.4) call();
  else if (when < 0.95) later(random, call);
  else happened.add('sink never called back');
  if (chance(0.02)) {
    happened.add('sink threw');
    throw error();
  }
}

// construct, final, flush, destroy: likewise.
function step(random, calls, happened, name) {
  const { chance, pick, error } = random;
  return (...given) => {
    const callback = given[given.length - 1];
    happened.add(name);
    calls.some(0.1);
    const how = random.next();
    if (how < 0.05) return; // never calls back
    if (how < 0.1) throw error();
    let failure = chance(0.12) ? error() : null;
    if (name === 'destroy') failure = pick(given[0], given[0], given[0], null, error());
    const call = () => {
      callback(failure);
      if (chance(0.04)) callback(chance(0.5) ? error() : null);
    };
    if (chance(0.5)) call();
    else later(random, call);
    if (chance(0.03)) throw error();
  };
}

function options(random, calls, happened, kind) {
  const { chance, pick } = random;
  const made = {
    highWaterMark: pick(0, 1, 2, 3, 5, 10, 16),
    objectMode: chance(0.15),
    decodeStrings: chance(0.9),
    emitClose: chance(0.85),
    autoDestroy: chance(0.75),
  };
  const sink = (callback) => {
    happened.add('sink called');
    calls.some(0.15);
    completes(random, calls, happened, callback);
  };
  const own = kind === 'Writable' || kind === 'Duplex';
  if (own && chance(0.95)) made.write = (chunk, encoding, callback) => sink(callback);
  if (own && chance(0.4)) {
    made.writev = (chunks, callback) => {
      happened.add('writev');
      sink(callback);
    };
  }
  for (const [name, probability] of [['final', 0.3], ['destroy', 0.4], ['construct', 0.25]]) {
    if (chance(probability)) made[name] = step(random, calls, happened, name);
  }
  if (kind === 'Transform') {
    made.transform = (chunk, encoding, callback) => completes(random, calls, happened, callback);
    if (chance(0.3)) made.flush = step(random, calls, happened, 'flush');
    made.readableHighWaterMark = 3;
  }
  if (kind === 'Duplex') {
    made.read = () => {};
    if (chance(0.1)) made.writable = false;
    if (chance(0.2)) made.readable = false;
    made.allowHalfOpen = chance(0.7);
  }
  return made;
}

// The same sink as methods of a class instead of options.
function subclass(made) {
  const { write, writev, final, destroy, construct, ...rest } = made;
  class Own extends Writable {}
  for (const [name, method] of Object.entries({ write, writev, final, destroy, construct })) {
    if (method) Own.prototype[`_${name}`] = method;
  }
  return new Own(rest);
}

exports.makeStream = function makeStream(random, calls, happened) {
  const { chance, pick, error } = random;
  const kind = pick('Writable', 'Writable', 'Writable', 'Duplex', 'Transform', 'PassThrough');
  happened.add(kind);
  const made = options(random, calls, happened, kind);
  const classes = { Duplex, Transform, PassThrough };
  let stream;
  if (kind === 'Writable') stream = chance(0.2) ? subclass(made) : new Writable(made);
  else stream = new classes[kind](made);
  if (kind !== 'Writable' && chance(0.5)) {
    stream.resume();
    if (kind === 'Duplex' && chance(0.5)) stream.push(null);
  }
  for (const event of ['drain', 'prefinish', 'finish', 'close']) {
    if (!chance(0.5)) continue;
    stream.on(event, () => {
      happened.add(event);
      calls.some(0.25);
      if (chance(0.04)) throw error();
    });
  }
  if (chance(0.9)) {
    stream.on('error', () => {
      happened.add('error');
      calls.some(0.2);
      if (chance(0.04)) throw error();
    });
  }
  return stream;
};
