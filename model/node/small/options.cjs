'use strict';
// Every combination of what a stream can be given, one after the other in one process, each with the same busy user; prints what it sees.
const { Writable, Duplex, Transform } = require('stream');

const kind = process.argv[2];
const sinkKind = process.argv[3];
const say = (...words) => console.log(...words);
process.on('uncaughtException', (error) => say('  uncaught', error.message));

const answer = {
  sync: (cb) => cb(),
  tick: (cb) => process.nextTick(cb),
  async: (cb) => setImmediate(cb),
  error: (cb) => cb(new Error('sync error')),
  late: (cb) => setImmediate(cb, new Error('late error')),
  throw: () => { throw new Error('thrown'); },
  twice: (cb) => { cb(); cb(); },
};

function make(o) {
  let count = 0;
  const sink = (what, cb) => {
    count++;
    say('  sink', count, what);
    answer[o.sink === 'sync' || count > 2 ? o.sink : o.first](cb);
    say('  sink left', count);
  };
  const options = { highWaterMark: o.mark, decodeStrings: o.decode, objectMode: o.object, emitClose: o.close, autoDestroy: o.auto };
  if (kind === 'Transform') options.transform = (chunk, encoding, cb) => sink(`${encoding} ${chunk.length}`, cb);
  else options.write = (chunk, encoding, cb) => sink(`${encoding} ${chunk.length}`, cb);
  if (o.writev) options.writev = (chunks, cb) => sink(`v${chunks.map((one) => `${one.encoding} ${one.chunk.length}`)}`, cb);
  if (o.construct) options.construct = (cb) => { say('  construct'); answer[o.construct](cb); };
  if (o.final) options[kind === 'Transform' ? 'flush' : 'final'] = (cb) => { say('  final'); answer[o.final](cb); };
  if (kind !== 'Writable') options.read = () => {};
  options.destroy = (error, cb) => { say('  destroy', error && error.message); cb(error); };
  const stream = new ({ Writable, Duplex, Transform })[kind](options);
  for (const name of ['drain', 'prefinish', 'finish', 'close', 'error']) {
    stream.on(name, (error) => say('  event', name, error && error.message, stream.writableLength, stream.writableNeedDrain, stream.destroyed, stream.closed));
  }
  return stream;
}

function use(stream, o) {
  const attempt = (name, call) => {
    try {
      say('  ', name, call(), stream.writableLength, stream.writableCorked);
    } catch (error) {
      say('  ', name, 'threw', error.code, error.message);
    }
  };
  const cb = (name) => (...given) => say('  cb', name, given.length, given[0] && given[0].message);
  const same = cb('same');
  attempt('write a', () => stream.write('aé', cb('a')));
  attempt('write same', () => stream.write('b', 'latin1', same));
  attempt('write same', () => stream.write(Buffer.from('ccc'), same));
  attempt('cork', () => stream.cork());
  attempt('write none', () => stream.write('dd'));
  attempt('write empty', () => stream.write('', cb('empty')));
  attempt('uncork', () => stream.uncork());
  attempt('null', () => stream.write(null, cb('null')));
  attempt('number', () => o.object || stream.write(7, cb('number')));
  attempt('encoding', () => stream.write('x', 'nope', cb('encoding')));
  setImmediate(() => {
    attempt('cork', () => stream.cork());
    attempt('write e', () => stream.write('e', cb('e')));
    attempt('write f', () => stream.write('f'));
    attempt('end', () => stream.end('g', cb('end')) === stream);
    attempt('again', () => stream.end(cb('again')) === stream);
    attempt('after', () => stream.write('h', cb('after')));
    if (o.destroy) attempt('destroy', () => stream.destroy(o.destroy === 2 ? new Error('mine') : null) === stream);
  });
}

function* all() {
  const firsts = sinkKind === 'sync' ? ['sync'] : ['sync', sinkKind];
  for (const first of firsts) for (const mark of [0, 1, 4, undefined]) for (const writev of [false, true]) for (const decode of [true, false]) {
    for (const object of [false, true]) for (const close of [true, false]) for (const auto of [true, false]) {
      for (const construct of [null, 'sync', 'async', 'late', 'throw']) for (const final of [null, 'sync', 'late', 'throw']) {
        // One in eleven, spread evenly: all would be 10,000 for each kind and sink.
        const code = [mark, writev, decode, object, close, auto, construct, final].reduce((sum, value) => (sum * 31 + String(value).length * 7 + String(value).charCodeAt(0)) % 9973, 7);
        if (code % 11 === 0) yield { sink: sinkKind, first, mark, writev, decode, object, close, auto, construct, final, destroy: code % 3 };
      }
    }
  }
}

const rest = all();
(function next() {
  const { value, done } = rest.next();
  if (done) return;
  say(JSON.stringify(value));
  try {
    use(make(value), value);
  } catch (error) {
    say('threw', error.message);
  }
  let rounds = 8;
  (function wait() {
    if (rounds-- > 0) setImmediate(wait);
    else next();
  })();
})();
