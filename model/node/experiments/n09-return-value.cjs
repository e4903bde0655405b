'use strict';
// From 20 on `write` judges after the sink has started, so one that completes at once says true for any size; 18 judges before.

const { Writable, Duplex } = require('stream');
const { variant, watch, write, look, fast, slow } = require('./show.cjs');

for (const highWaterMark of [0, 1, 3]) {
  for (const [name, sink] of [['synchronous', fast], ['asynchronous', slow]]) {
    variant(`mark ${highWaterMark}, ${name} sink`, () => {
      const w = watch(new Writable({ highWaterMark, write: sink }));
      write(w, '', 'empty');
      write(w, 'ab');
      write(w, 'c');
      write(w, 'defg');
      look(w, 'writableLength', 'writableNeedDrain');
    });
  }
}

variant('100 bytes against a mark of 1', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: fast }));
  write(w, 'x'.repeat(100), '100 bytes');
});

variant('Duplex', () => {
  const w = watch(new Duplex({ highWaterMark: 2, write: fast, read() {} }));
  write(w, 'abc');
});

variant('object mode', () => {
  const w = watch(new Writable({ objectMode: true, highWaterMark: 2, write: slow }));
  for (const object of [{}, {}, {}]) write(w, object, 'object');
});
