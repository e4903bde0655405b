'use strict';
// `cork` counts and `uncork` counts back, at 0 it does nothing; corked writes are queued and count for the length and the answer.

const { Writable } = require('stream');
const { variant, watch, write, look, slow } = require('./show.cjs');

variant('twice', () => {
  const w = watch(new Writable({ highWaterMark: 3, write: slow }));
  w.cork();
  w.cork();
  write(w, 'ab');
  write(w, 'c');
  look(w, 'writableCorked', 'writableLength', 'writableNeedDrain');
  w.uncork();
  look(w, 'writableCorked');
  w.uncork();
  look(w, 'writableCorked');
});

variant('uncork at 0', () => {
  const w = watch(new Writable({ write: slow }));
  w.uncork();
  look(w, 'writableCorked');
  write(w, 'a');
});
