'use strict';
// Drain comes before the callback of the write that emptied the stream, and before those of its whole batch.

const { Writable } = require('stream');
const { variant, watch, write, fast, slowv, hand, steps } = require('./show.cjs');

variant('asynchronous', () => {
  const sink = hand();
  const w = watch(new Writable({ highWaterMark: 1, write: sink.write }));
  write(w, 'a');
  steps(() => sink.done());
});

variant('synchronous, corked', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: fast }));
  w.cork();
  write(w, 'a');
  write(w, 'b');
  w.uncork();
});

variant('writev', () => {
  const w = watch(new Writable({ highWaterMark: 1, writev: slowv }));
  w.cork();
  for (const chunk of 'abc') write(w, chunk);
  w.uncork();
});

variant('the first is late, the rest immediate', () => {
  const sink = hand();
  const w = watch(new Writable({ highWaterMark: 1, write(chunk, encoding, callback) { (String(chunk) === 'a' ? sink.write : fast)(chunk, encoding, callback); } }));
  for (const chunk of 'abc') write(w, chunk);
  steps(() => sink.done());
});
