'use strict';
// The whole batch leaves the length at once, then drain, then each callback in order; an error goes to all of the batch and then to the queued.

const { Writable } = require('stream');
const { variant, log, watch, write, end, look, hand, steps } = require('./show.cjs');

variant('success', () => {
  const sink = hand();
  const w = watch(new Writable({ highWaterMark: 1, writev: sink.writev }));
  w.cork();
  for (const chunk of 'abc') write(w, chunk);
  w.uncork();
  steps(() => { look(w, 'writableLength'); sink.done(); look(w, 'writableLength'); });
});

for (const autoDestroy of [true, false]) {
  variant(`error, autoDestroy ${autoDestroy}`, () => {
    const sink = hand();
    const w = watch(new Writable({ autoDestroy, writev: sink.writev }));
    w.cork();
    write(w, 'a');
    write(w, 'b');
    w.uncork();
    write(w, 'queued');
    end(w);
    steps(() => sink.done(new Error('E')));
  });
}

variant('synchronous error', () => {
  const w = watch(new Writable({ writev(chunks, callback) { log('_writev'); callback(new Error('E')); } }));
  w.cork();
  write(w, 'a');
  write(w, 'b');
  w.uncork();
  write(w, 'queued');
});
