'use strict';
// On a stream that failed but was not destroyed, the callback of end gets the error on a tick from 20 on, and is never called in 18.

const { Writable } = require('stream');
const { variant, log, watch, write, end, steps } = require('./show.cjs');

for (const [name, fail] of [['sink', (callback) => setImmediate(callback, new Error('E'))], ['synchronous sink', (callback) => callback(new Error('E'))]]) {
  variant(name, () => {
    const w = watch(new Writable({ autoDestroy: false, write(chunk, encoding, callback) { fail(callback); } }));
    write(w, 'a');
    steps(() => {}, () => { end(w); log('a tick follows'); });
  });
}
