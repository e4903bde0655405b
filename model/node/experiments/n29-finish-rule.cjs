'use strict';
// Once ended, with nothing pending, `_final` is called, or prefinish emitted, at once and perhaps inside `end`; then finish.

const { Writable } = require('stream');
const { variant, log, watch, write, end, slow } = require('./show.cjs');

for (const [name, more] of [['no _final', {}], ['_final', { final(callback) { log('_final'); callback(); } }]]) {
  variant(`${name}, idle`, () => {
    const w = watch(new Writable({ write: slow, ...more }));
    end(w);
    log('after');
  });

  variant(`${name}, in flight`, () => {
    const w = watch(new Writable({ write: slow, ...more }));
    write(w, 'a');
    end(w);
    log('after');
  });

  variant(`${name}, constructing`, () => {
    const w = watch(new Writable({ construct(callback) { setImmediate(callback); }, write: slow, ...more }));
    end(w);
    log('after');
  });
}

variant('not after destroy', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  end(w);
  w.destroy();
});

variant('_final later', () => {
  const w = watch(new Writable({ write: slow, final(callback) { log('_final'); setImmediate(callback); } }));
  end(w);
});
