'use strict';
// A destroy before construction fails the queued writes on a tick, but `_destroy`, error and close wait for the callback of `_construct`.

const { Writable } = require('stream');
const { variant, log, watch, write, end, look, slow, steps } = require('./show.cjs');

for (const [name, error] of [['no error', undefined], ['error', new Error('E1')]]) {
  for (const [what, second] of [['succeeds', undefined], ['fails', new Error('E2')]]) {
    variant(`destroy with ${name}, construct ${what}`, () => {
      const w = watch(new Writable({
        construct(callback) { setImmediate(() => setImmediate(() => { log(`construct ${what}`); callback(second); })); },
        destroy(given, callback) { log(`_destroy(${given})`); callback(given); },
        write: slow,
      }));
      write(w, 'a');
      end(w);
      w.destroy(error);
      look(w, 'destroyed', 'closed');
      steps(() => look(w, 'destroyed', 'closed'), () => {}, () => look(w, 'closed'));
    });
  }
}
