'use strict';
// A write between a synchronous completion and its tick makes the drain wait for the next 0, and may say true though a drain is owed.

const { Writable } = require('stream');
const { variant, watch, write, look, fast, slow, hand, steps } = require('./show.cjs');

variant('skipped', () => {
  const w = watch(new Writable({ highWaterMark: 3, write(chunk, encoding, callback) { (String(chunk) === 'd' ? slow : fast)(chunk, encoding, callback); } }));
  w.cork();
  write(w, 'abc');
  w.uncork();
  look(w, 'writableLength', 'writableNeedDrain');
  write(w, 'd');
  look(w, 'writableLength', 'writableNeedDrain');
});

variant('true while owed', () => {
  const sink = hand();
  const w = watch(new Writable({ highWaterMark: 3, write: sink.write }));
  write(w, 'abc');
  write(w, 'd');
  steps(() => { sink.done(); look(w, 'writableLength', 'writableNeedDrain'); write(w, 'e'); }, () => sink.done(), () => sink.done());
});
