'use strict';
// A random program as data: everything that is drawn is drawn here, before the program runs, so that one seed is one program on every version
// of Node, can be shown (`random.cjs SEED --show`) and can be made smaller by hand (`random.cjs --plan FILE`).

const { Random } = require('./prng.cjs');
const { drawActions, drawAction, drawWait, drawEnd } = require('./draw.cjs');

function plan(seed) {
  const random = new Random(seed);
  // How wild a program is: when everything is wild, nearly every stream dies of an early error, and few drain or finish.
  const wild = Number(random.weighted({ 0: 45, 0.3: 30, 1: 25 }));
  random.wild = wild;
  const made = { seed, wild, ...drawStream(random) };
  made.sink = drawSink(random);
  made.listeners = drawListeners(random, made.kind);
  made.actions = drawActions(random, random.int(1, 25), made);
  if (made.signal && random.chance(0.5)) made.actions.splice(random.int(0, made.actions.length), 0, { do: 'abort' });
  if (wild < 1 && random.chance(0.85)) made.actions.push(...drawEnding(random));
  // How many actions may be caused by a callback, a listener or the sink: without a bound, a drain listener that writes never ends.
  made.reentrant = random.int(0, 12);
  made.releaseAtEnd = random.chance(0.8);
  return made;
}

function drawStream(random) {
  const kind = random.weighted({
    writable: 62, duplex: 9, duplexRead: 7, halfOpen: 3, duplexUnwritable: 3, duplexUnreadable: 2, transform: 8, passThrough: 7,
  });
  const options = {};
  if (random.chance(0.92)) options.highWaterMark = random.pick([0, 1, 2, 3, 5, 5, 10, 10, 16]);
  if (random.chance(0.15)) options.objectMode = true;
  if (random.chance(0.15)) options.decodeStrings = false;
  if (random.chance(0.12)) options.emitClose = false;
  if (random.chance(0.2)) options.autoDestroy = false;
  if (random.chance(0.05)) options.defaultEncoding = random.pick(['latin1', 'hex']);
  if (random.chance(0.04)) options.captureRejections = true;
  return {
    kind,
    options,
    form: random.weighted({ options: 55, class: 25, inherits: 10, assigned: 10 }),
    signal: random.chance(0.08),
    write: random.weighted({ write: 45, writev: 16, both: 36, neither: 3 }),
    construct: drawLifeCycle(random, 0.26, 0.4, ['sync', 'tick', 'immediate', 'held'], ['never', 'error', 'lateError', 'throw', 'twice']),
    final: drawLifeCycle(random, 0.65, 0.7, ['sync', 'tick', 'micro', 'immediate', 'held'], ['never', 'error', 'lateError', 'throw', 'twice', 'act']),
    destroy: drawLifeCycle(random, 0.5, 0.6, ['sync', 'tick', 'immediate', 'held'], ['never', 'adds', 'swallows', 'replaces', 'throw', 'twice']),
    readEnds: random.chance(0.6),
    consume: random.weighted({ resume: 60, never: 25, late: 15 }),
  };
}

function drawLifeCycle(random, present, odd, usual, unusual) {
  if (!random.chance(present)) return null;
  const how = random.pick(random.chance(random.wild ? odd : odd / 2) ? unusual : usual);
  const drawn = { how };
  if (how === 'act' || random.chance(0.12)) drawn.act = [drawAction(random)];
  return drawn;
}

function drawEnding(random) {
  const wait = drawWait(random);
  const ending = [drawEnd(random)];
  if (random.chance(0.15)) ending.push(wait, drawEnd(random));
  if (random.chance(random.wild ? 0.12 : 0.04)) ending.push(wait, { do: 'write', type: 'string', len: 1, cb: 'own' });
  return random.chance(0.7) ? [drawWait(random), ...ending] : ending;
}

// A sink has a habit, which most of its calls keep: a stream whose every call does something else hardly ever fills up, drains or finishes.
function drawSink(random) {
  const habit = random.weighted({ sync: 30, tick: 15, immediate: 25, micro: 10, held: 20 });
  const odd = random.weighted(random.wild ? { 0: 20, 0.06: 25, 0.2: 32, 0.6: 23 } : { 0: 60, 0.06: 30, 0.2: 8, 0.6: 2 });
  const calls = [];
  for (let i = 0; i < 40; i++) calls.push(random.chance(Number(odd)) ? drawOddCall(random) : { how: habit });
  return { calls, habit };
}

function drawOddCall(random) {
  const call = {
    how: random.weighted({
      sync: 24, tick: 14, immediate: 14, micro: 8, promise: 5, held: 8, never: 4, throw: 4, callThrow: 4, twice: 4, twiceLate: 4, lateThrow: 4, reject: 4,
    }),
  };
  if (random.chance(0.2)) call.error = random.weighted({ error: 60, shared: 10, text: 8, zero: 8, empty: 7, no: 7 });
  if (random.chance(0.22)) call.before = drawActions(random, random.int(1, 3), {});
  if (random.chance(0.15)) call.after = drawActions(random, random.int(1, 2), {});
  // What a re-entrant call throws then leaves the sink.
  if (random.chance(0.1)) call.open = true;
  return call;
}

function drawListeners(random, kind) {
  const listeners = [];
  const present = { drain: 0.8, prefinish: 0.4, finish: 0.6, error: 0.8, close: 0.6, pipe: 0.3, unpipe: 0.5 };
  for (const [name, probability] of Object.entries(present)) {
    if (!random.chance(probability)) continue;
    const listener = { name, once: random.chance(0.2), act: [] };
    if (random.chance({ drain: 0.45, pipe: 0.5, unpipe: 0.6 }[name] || 0.2)) listener.act = drawActions(random, random.int(1, 4), {});
    if (random.chance(0.1 * random.wild)) listener.act.push({ do: 'throw' });
    if (random.chance(0.03)) listener.rejects = true;
    listeners.push(listener);
  }
  if (kind !== 'writable' && random.chance(0.3)) listeners.push({ name: 'end', once: false, act: random.chance(0.4) ? [drawAction(random)] : [] });
  return listeners;
}

module.exports = { plan };
