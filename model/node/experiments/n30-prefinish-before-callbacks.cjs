'use strict';
// `_final` and prefinish do not wait for the callbacks of synchronous writes, but for what is in flight, even of length 0.

const { Writable } = require('stream');
const { variant, log, watch, write, end, fast, slow } = require('./show.cjs');

for (const [name, more] of [['no _final', {}], ['_final', { final(callback) { log('_final'); callback(); } }]]) {
  variant(`${name}, synchronous sink`, () => {
    const w = watch(new Writable({ write: fast, ...more }));
    write(w, 'a');
    end(w);
  });

  variant(`${name}, empty chunk in flight`, () => {
    const w = watch(new Writable({ write: slow, ...more }));
    write(w, '', 'empty');
    end(w);
  });

  variant(`${name}, last one synchronous`, () => {
    const w = watch(new Writable({ write: fast, ...more }));
    end(w, 'a');
  });
}
