'use strict';
// The second callback of a sink call destroys the stream with ERR_MULTIPLE_CALLBACK if nothing is in flight, else it completes that.

const { Writable } = require('stream');
const { variant, log, watch, write, hand, steps } = require('./show.cjs');

variant('both at once', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { log('_write'); callback(); callback(); } }));
  write(w, 'a');
});

variant('the second later', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { log('_write'); callback(); setImmediate(callback); } }));
  write(w, 'a');
});

variant('both later', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { log('_write'); setImmediate(() => { callback(); callback(); }); } }));
  write(w, 'a');
  w.end();
});

variant('the second completes another write', () => {
  const sink = hand();
  const w = watch(new Writable({ write: sink.write }));
  write(w, 'a');
  write(w, 'b');
  steps(() => { const callback = sink.done(); log('again'); callback(); }, () => sink.done());
});
