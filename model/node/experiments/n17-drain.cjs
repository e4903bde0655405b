'use strict';
// Drain comes when the length is 0 after a successful write, if one said false, and not when it falls below the mark.

const { Writable, Duplex, Transform } = require('stream');
const { variant, log, watch, write, look, fast, slow, hand, steps } = require('./show.cjs');

variant('not below the mark, but at 0', () => {
  const sink = hand();
  const w = watch(new Writable({ highWaterMark: 3, write: sink.write }));
  for (const chunk of 'abcde') w.write(chunk);
  const done = () => { sink.done(); look(w, 'writableLength', 'writableNeedDrain'); };
  steps(done, done, done, done, done);
});

variant('one drain, however many said false', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  for (const chunk of 'abc') write(w, chunk);
});

variant('none if none said false', () => {
  const w = watch(new Writable({ highWaterMark: 9, write: slow }));
  for (const chunk of 'abc') write(w, chunk);
});

variant('synchronous sink, corked', () => {
  const w = watch(new Writable({ highWaterMark: 2, write: fast }));
  w.cork();
  write(w, 'abc');
  w.uncork();
  log('uncorked');
});

variant('mark 0', () => {
  const w = watch(new Writable({ highWaterMark: 0, write: slow }));
  write(w, 'a');
});

variant('Duplex', () => {
  const w = watch(new Duplex({ highWaterMark: 1, write: slow, read() {} }));
  write(w, 'ab');
});

variant('Transform whose other side is not read', () => {
  const w = watch(new Transform({ writableHighWaterMark: 2, readableHighWaterMark: 3, transform(chunk, encoding, callback) { log('_transform'); callback(null, chunk); } }));
  write(w, 'ab');
  write(w, 'cd');
  write(w, 'ef');
  steps(() => { log('resume'); w.resume(); });
});
