'use strict';
// A destroy while `_final` is pending fails the end callbacks and closes; what `_final` says later is ignored.

const { Writable } = require('stream');
const { variant, log, watch, end, look, slow, steps } = require('./show.cjs');

for (const [name, error] of [['succeeds', undefined], ['fails', new Error('E')]]) {
  for (const given of [undefined, new Error('D')]) {
    variant(`_final ${name} after destroy(${given ? 'error' : ''})`, () => {
      let done;
      const w = watch(new Writable({ write: slow, final(callback) { log('_final'); done = callback; } }));
      end(w);
      steps(() => w.destroy(given), () => { log(`_final ${name}`); done(error); }, () => look(w, 'errored', 'writableFinished'));
    });
  }
}
