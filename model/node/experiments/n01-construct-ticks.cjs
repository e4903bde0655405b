'use strict';
// `_construct` is called one tick after the constructor, and what waited for it starts one tick after its callback.

const { Writable, Duplex } = require('stream');
const { variant, log, watch, write, slow } = require('./show.cjs');

variant('synchronous callback', () => {
  const w = watch(new Writable({ construct(callback) { log('_construct'); callback(); log('_construct returns'); }, write: slow }));
  write(w, 'a');
  process.nextTick(() => { log('tick'); process.nextTick(() => log('tick of tick')); });
});

variant('callback an event loop round later', () => {
  const w = watch(new Writable({ construct(callback) { log('_construct'); setImmediate(() => { log('constructed'); callback(); }); }, write: slow }));
  write(w, 'a');
  w.end();
});

variant('Duplex', () => {
  const w = watch(new Duplex({ construct(callback) { log('_construct'); callback(); }, write: slow, read() {} }));
  write(w, 'a');
});
