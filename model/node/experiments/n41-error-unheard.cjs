'use strict';
// An error that nobody hears is an uncaught exception, and then, or when an error listener throws, close does not come.

const { Writable } = require('stream');
const { variant, log, watch, write, look, slow, steps } = require('./show.cjs');

variant('no listener', () => {
  const w = watch(new Writable({ write: slow }), ['close']);
  w.destroy(new Error('E'));
  steps(() => look(w, 'closed'));
});

variant('the listener throws', () => {
  const w = watch(new Writable({ write: slow }), ['close']);
  w.on('error', () => { log("'error'"); throw new Error('thrown'); });
  w.destroy(new Error('E'));
});

variant('sink error without a listener', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { setImmediate(callback, new Error('E')); } }), ['close']);
  write(w, 'a');
});

variant('autoDestroy: false', () => {
  const w = watch(new Writable({ autoDestroy: false, write(chunk, encoding, callback) { setImmediate(callback, new Error('E')); } }), ['close']);
  write(w, 'a');
  write(w, 'b');
});
