'use strict';
// After false everything is still accepted, without a limit and without an error.

const { Writable } = require('stream');
const { variant, log, look } = require('./show.cjs');

for (const [name, sink] of [['asynchronous sink', (chunk, encoding, callback) => setImmediate(callback)], ['sink that never calls back', () => {}]]) {
  variant(name, () => {
    const w = new Writable({ highWaterMark: 10, write: sink });
    let refused = 0;
    for (let i = 0; i < 1000; i++) if (!w.write('x')) refused++;
    log(`1000 writes, ${refused} say false`);
    look(w, 'writableLength', 'destroyed');
  });
}
