'use strict';
// What is owed is paid though nobody listens; who waits for a drain that is not owed waits for ever.

const { Writable } = require('stream');
const { variant, log, write, look, slow, steps } = require('./show.cjs');

variant('paid unheard', () => {
  const w = new Writable({ highWaterMark: 1, write: slow });
  write(w, 'a');
  look(w, 'writableNeedDrain');
  steps(() => {}, () => { look(w, 'writableNeedDrain'); w.once('drain', () => log('drain at last')); }, () => log('and nothing comes'));
});

variant('not owed', () => {
  const w = new Writable({ highWaterMark: 9, write: slow });
  w.once('drain', () => log('drain'));
  write(w, 'a');
  steps(() => {}, () => log('nothing came'));
});
