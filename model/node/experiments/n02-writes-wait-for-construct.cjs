'use strict';
// Before construction every write is queued, with the usual answer, and an end waits too.

const { Writable } = require('stream');
const { variant, watch, write, end, look, fast, slow } = require('./show.cjs');

for (const [name, sink] of [['synchronous sink', fast], ['asynchronous sink', slow]]) {
  variant(name, () => {
    const w = watch(new Writable({ highWaterMark: 3, construct(callback) { setImmediate(callback); }, write: sink }));
    write(w, 'ab');
    write(w, 'c');
    look(w, 'writableLength', 'writableNeedDrain');
    end(w);
  });
}

variant('nothing written', () => {
  const w = watch(new Writable({ construct(callback) { setImmediate(callback); }, write: slow }));
  end(w);
});

variant('construction never ends', () => {
  const w = watch(new Writable({ construct() {}, write: slow }));
  write(w, 'a');
  end(w);
});
