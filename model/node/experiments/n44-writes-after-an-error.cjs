'use strict';
// After an error of a stream that is not destroyed, writes say false and are queued, until a destroy fails them with that error.

const { Writable, Duplex } = require('stream');
const { variant, log, watch, write, look, steps } = require('./show.cjs');

for (const kind of [Writable, Duplex]) {
  variant(kind.name, () => {
    const w = watch(new kind({ autoDestroy: false, write(chunk, encoding, callback) { setImmediate(callback, new Error('E')); }, read() {} }));
    write(w, 'a');
    const more = () => { write(w, 'b'); write(w, 'c'); look(w, 'writableLength', 'destroyed'); };
    steps(() => {}, more, () => { log('destroy'); w.destroy(); });
  });
}
