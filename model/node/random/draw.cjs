'use strict';
// What a user may do with a stream, drawn at random. `random.wild`, from 0 to 1, says how much of it is what a good program does not do.

/** About `count` actions; a burst counts each of its writes. */
function drawActions(random, count, { kind } = {}) {
  const actions = [];
  while (actions.length < count) {
    if (random.chance(0.22)) {
      const write = drawWrite(random, 1);
      const times = Math.min(random.int(2, 9), count - actions.length);
      for (let i = 0; i < times; i++) actions.push(random.chance(0.25) ? drawWrite(random, 0) : write);
      if (random.chance(0.5)) actions.push(drawWait(random));
    } else if (random.chance(0.05) && count - actions.length > 3) {
      const write = drawWrite(random, 0);
      actions.push({ do: 'cork' }, ...Array(random.int(1, 4)).fill(write), { do: 'uncork', later: random.chance(0.3) });
    } else {
      actions.push(drawAction(random, kind));
    }
  }
  return actions;
}

function drawAction(random, kind) {
  const { wild } = random;
  const what = random.weighted({
    write: 40, loop: 4, end: 3.5 * wild, cork: 0.6 + 2 * wild, uncork: 4, destroy: 3.5 * wild, wait: 22, release: 8, setDefaultEncoding: 1.6, pipe: 1.3,
    abort: 2 * wild, emitError: wild, undestroy: wild, resume: kind && kind !== 'writable' ? 2 : 0,
  });
  switch (what) {
    case 'write': return drawWrite(random, 0.15);
    case 'loop': return { do: 'loop', times: random.int(2, 12), write: drawWrite(random, 0), ends: random.chance(0.5) };
    case 'end': return drawEnd(random);
    case 'destroy': return { do: 'destroy', error: random.chance(0.5) ? random.pick(['error', 'error', 'shared', 'text']) : undefined };
    case 'wait': return drawWait(random);
    case 'release': return { do: 'release', error: random.chance(0.06) ? 'error' : undefined };
    case 'setDefaultEncoding': return { do: 'setDefaultEncoding', encoding: random.pick(['latin1', 'hex', 'utf8', 'UTF16LE', 'base64', 'no-such']) };
    case 'pipe': return { do: 'pipe', lens: Array.from({ length: random.int(1, 5) }, () => random.int(1, 7)), ends: random.chance(0.7) };
    default: return { do: what };
  }
}

function drawWait(random) {
  return { do: 'wait', how: random.weighted({ tick: 30, micro: 20, promise: 10, immediate: 40 }), times: Number(random.weighted({ 1: 65, 2: 15, 5: 20 })) };
}

function drawEnd(random) {
  const action = { do: 'end', cb: random.weighted({ none: 45, own: 30, shared: 10, throw: 9 * random.wild, act: 8, ownTwice: 5 }) };
  if (random.chance(0.4)) Object.assign(action, drawChunk(random));
  if (action.cb === 'act') action.act = [drawAction(random)];
  return action;
}

/** `plain`: how much of the writes are surely well-formed. */
function drawWrite(random, plain) {
  const action = { do: 'write', ...drawChunk(random, plain), cb: random.weighted({ none: 40, shared: 20, own: 28, throw: 3 * random.wild, act: 6 }) };
  if (action.cb === 'act') action.act = [random.chance(0.5) ? { do: 'write', type: 'string', len: random.int(0, 4), cb: 'none' } : drawAction(random)];
  return action;
}

function drawChunk(random, plain = 0) {
  const { wild } = random;
  if (random.chance(plain)) return { type: random.pick(['string', 'buffer']), len: random.int(1, 7) };
  const chunk = {
    type: random.weighted({
      string: 46, buffer: 28, uint8: 9, wide: 5, view: 2 * wild, words: 2 * wild, null: 1.5 * wild, number: wild, undefined: wild, object: wild, falsy: wild,
    }),
    len: random.int(0, 7),
  };
  if (random.chance(0.08)) chunk.encoding = random.weighted({ utf8: 20, latin1: 20, null: 10, hex: 15, UTF16LE: 15, buffer: 6, 'no-such': 24 * wild });
  return chunk;
}

module.exports = { drawActions, drawAction, drawWait, drawEnd };
