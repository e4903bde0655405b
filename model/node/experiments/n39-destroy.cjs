'use strict';
// Only the first destroy counts; it calls `_destroy` at once, and `closed` is true when that calls back, before close is emitted.

const { Writable } = require('stream');
const { variant, log, watch, look, slow, steps } = require('./show.cjs');

variant('flags', () => {
  const w = watch(new Writable({ destroy(error, callback) { log(`_destroy(${error})`); callback(error); }, write: slow }));
  w.on('close', () => look(w, 'closed'));
  w.destroy(new Error('E'));
  look(w, 'destroyed', 'closed', 'errored');
});

variant('later', () => {
  const w = watch(new Writable({ destroy(error, callback) { setImmediate(() => { callback(error); look(w, 'closed'); }); }, write: slow }));
  w.destroy();
  look(w, 'destroyed', 'closed');
});

variant('second one', () => {
  const w = watch(new Writable({ destroy(error, callback) { log(`_destroy(${error})`); setImmediate(callback, error); }, write: slow }));
  w.destroy();
  w.destroy(new Error('lost'));
  steps(() => look(w, 'errored'));
});

variant('after finish', () => {
  const w = watch(new Writable({ write: slow }));
  w.end();
  steps(() => { w.destroy(new Error('lost')); look(w, 'errored'); });
});
