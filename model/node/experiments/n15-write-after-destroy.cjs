'use strict';
// A write after destroy says false and its callback gets ERR_STREAM_DESTROYED on a tick; there is no event for it.

const { Writable, Duplex } = require('stream');
const { variant, watch, write, look, slow, steps } = require('./show.cjs');

for (const [name, error] of [['no error', undefined], ['an error', new Error('E')]]) {
  variant(`destroyed with ${name}`, () => {
    const w = watch(new Writable({ write: slow }));
    w.destroy(error);
    write(w, 'a');
    look(w, 'writableLength');
    steps(() => write(w, 'b'));
  });
}

variant('Duplex', () => {
  const w = watch(new Duplex({ write: slow, read() {} }));
  w.destroy();
  write(w, 'a');
});
