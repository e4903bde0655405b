'use strict';
// A Duplex with `writable: false` starts as ended and finished, so a write to it is a write after end.

const { Duplex } = require('stream');
const { variant, watch, write, end, look, slow } = require('./show.cjs');

variant('write', () => {
  const w = watch(new Duplex({ writable: false, write: slow, read() {} }));
  look(w, 'writable', 'writableEnded', 'writableFinished', 'destroyed');
  write(w, 'a');
});

variant('end', () => {
  const w = watch(new Duplex({ writable: false, read() {} }));
  end(w);
});

variant('readable side ends', () => {
  const w = watch(new Duplex({ writable: false, read() { this.push(null); } }));
  w.resume();
});
