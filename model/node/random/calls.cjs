'use strict';
// What user code does to the stream: writes of every kind, end, cork, uncork, destroy; from the main program and from inside every call that the
// stream makes.

exports.caller = function caller(random, happened) {
  const { chance, pick, upTo, error } = random;
  let left = 25;

  const shared = () => {
    if (chance(0.03)) throw error();
  };
  const own = () => () => {
    calls.some(0.2);
    if (chance(0.05)) throw error();
  };
  const callback = () => pick(undefined, undefined, shared, own());

  const chunk = () => pick(
    () => Buffer.alloc(upTo(8)),
    () => 'x'.repeat(upTo(6)),
    () => new Uint8Array(upTo(4)),
    () => 'é',
    () => new DataView(new ArrayBuffer(3)),
  )();
  const wrong = () => pick(null, 5, undefined, {});

  function write(stream) {
    const cb = callback();
    if (chance(0.04)) stream.write(wrong(), cb);
    else if (chance(0.04)) stream.write(chunk(), 'nope', cb);
    else if (chance(0.1)) stream.write(chunk(), pick('hex', 'latin1', 'utf8', 'buffer', 'base64'), cb);
    else if (stream.write(chunk(), cb)) happened.add('write answered true');
    else happened.add('write answered false');
  }

  function end(stream) {
    const cb = callback();
    pick(
      () => stream.end(),
      () => stream.end(cb),
      () => stream.end(Buffer.alloc(3)),
      () => stream.end('ab', cb),
      () => stream.end(null, undefined, cb),
    )();
  }

  // In half of the programs streams live longer.
  const limits = chance(0.5) ? [0.6, 0.68, 0.76, 0.88, 0.92, 0.94] : [0.77, 0.79, 0.84, 0.97, 0.975, 0.98];
  const kinds = [
    ['write', write],
    ['end', end],
    ['cork', (stream) => stream.cork()],
    ['uncork', (stream) => stream.uncork()],
    ['destroy', (stream) => stream.destroy(chance(0.5) ? error() : undefined)],
    ['setDefaultEncoding', (stream) => stream.setDefaultEncoding(pick('utf8', 'latin1'))],
  ].map((kind, at) => [limits[at], ...kind]);

  const calls = {
    stream: null,
    // One call, or none if this program has made enough.
    one() {
      if (left-- <= 0) return;
      const which = random.next();
      const kind = kinds.find(([limit]) => which < limit);
      if (!kind) return;
      const before = calls.stream.writableEnded ? ' after end' : calls.stream.destroyed ? ' after destroy' : '';
      happened.add(kind[1] + before);
      try {
        kind[2](calls.stream);
      } catch (failure) {
        happened.add(`${kind[1]} threw ${failure.code || 'what user code threw'}`);
      }
    },
    // Some calls, perhaps none.
    some(probability) {
      while (chance(probability)) calls.one();
    },
  };
  return calls;
};
