'use strict';
// A destroy in prefinish lets no finish come; one with an error in finish gives finish, error, close.

const { Writable } = require('stream');
const { variant, watch, write, end, slow } = require('./show.cjs');

for (const error of [undefined, new Error('E')]) {
  for (const name of ['prefinish', 'finish']) {
    for (const pending of [false, true]) {
      variant(`destroy(${error ? 'error' : ''}) in ${name}, ${pending ? 'after a write' : 'inside end'}`, () => {
        const w = watch(new Writable({ write: slow }));
        w.on(name, () => w.destroy(error));
        if (pending) write(w, 'a');
        end(w);
      });
    }
  }
}

variant('after _final', () => {
  const w = watch(new Writable({ write: slow, final(callback) { callback(); } }));
  w.on('prefinish', () => w.destroy());
  end(w);
});
