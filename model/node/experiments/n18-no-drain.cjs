'use strict';
// After false no drain comes once the stream is ended, destroyed or failed, nor while it is corked.

const { Writable } = require('stream');
const { variant, log, watch, write, look, slow, steps } = require('./show.cjs');

variant('ended', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  write(w, 'a');
  look(w, 'writableNeedDrain');
  w.end();
  look(w, 'writableNeedDrain');
  steps(() => {}, () => log(`needDrain ${w._writableState.needDrain}`));
});

variant('destroyed', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  write(w, 'a');
  w.destroy();
});

for (const autoDestroy of [true, false]) {
  variant(`failed, autoDestroy ${autoDestroy}`, () => {
    const w = watch(new Writable({ highWaterMark: 1, autoDestroy, write(chunk, encoding, callback) { setImmediate(callback, new Error('E')); } }));
    write(w, 'a');
    write(w, 'b');
    steps(() => {}, () => look(w, 'writableNeedDrain', 'writableLength'));
  });
}

variant('corked', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  write(w, 'a');
  w.cork();
  write(w, 'b');
  steps(() => {}, () => { log('uncork'); w.uncork(); });
});
