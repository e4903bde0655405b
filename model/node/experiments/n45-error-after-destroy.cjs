'use strict';
// An error that comes after destroy goes to its callback and into `errored`, without an event; a falsy error is no error.

const { Writable } = require('stream');
const { variant, log, watch, write, look, hand, steps } = require('./show.cjs');

variant('in flight, fails after destroy', () => {
  const sink = hand();
  const w = watch(new Writable({ write: sink.write }));
  write(w, 'a');
  write(w, 'b');
  w.destroy();
  steps(() => sink.done(new Error('late')), () => look(w, 'errored'));
});

for (const error of [0, '', false, null, undefined, NaN, 'text', 1, {}]) {
  variant(`error ${typeof error} ${String(error)}`, () => {
    const w = watch(new Writable({ write(chunk, encoding, callback) { setImmediate(callback, error); } }), ['drain', 'finish', 'close']);
    w.on('error', (given) => log(`'error'(${typeof given})`));
    write(w, 'a');
    w.end();
  });
}
