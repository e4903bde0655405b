'use strict';
// Two or more go in one `_writev`, if there is one, else one by one; which of them is decided once for a flush.

const { Writable } = require('stream');
const { variant, watch, write, fast, slow, fastv, slowv } = require('./show.cjs');

const sinks = {
  _write: { write: slow }, 'synchronous _write': { write: fast }, 'both': { write: slow, writev: slowv }, 'synchronous both': { write: fast, writev: fastv }, _writev: { writev: slowv },
};
for (const [name, functions] of Object.entries(sinks)) {
  for (const count of [1, 3]) {
    variant(`${count} with ${name}`, () => {
      const w = watch(new Writable(functions));
      w.cork();
      for (let i = 0; i < count; i++) write(w, 'abc'[i]);
      w.uncork();
    });
  }
}

variant('queued behind one in flight', () => {
  const w = watch(new Writable({ write: slow, writev: slowv }));
  for (const chunk of 'abcd') write(w, chunk);
});

variant('added during a flush one by one', () => {
  const w = watch(new Writable({
    write(chunk, encoding, callback) {
      if (String(chunk) === 'a') for (const more of 'bcd') write(w, more);
      fast(chunk, encoding, callback);
    },
    writev: fastv,
  }));
  w.cork();
  write(w, 'a');
  w.uncork();
});
