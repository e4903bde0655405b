'use strict';
// The sink is called inside `write`, unless a write is in flight, or the stream is corked, errored or not constructed.

const { Writable } = require('stream');
const { variant, log, watch, write, look, slow, steps } = require('./show.cjs');

variant('idle', () => {
  const w = watch(new Writable({ write: slow }));
  log('before');
  write(w, 'a');
  log('after');
});

variant('in flight', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  write(w, 'b');
  look(w, 'writableLength');
});

variant('corked', () => {
  const w = watch(new Writable({ write: slow }));
  w.cork();
  write(w, 'a');
  log('uncork');
  w.uncork();
});

variant('errored', () => {
  const w = watch(new Writable({ autoDestroy: false, write(chunk, encoding, callback) { log('_write'); callback(new Error('E')); } }));
  write(w, 'a');
  steps(() => { write(w, 'b'); look(w, 'writableLength'); });
});

variant('not constructed', () => {
  const w = watch(new Writable({ construct(callback) { setImmediate(callback); }, write: slow }));
  write(w, 'a');
});
