'use strict';
// Error, then close, come together one tick after `_destroy` calls back, which may add, replace, or swallow the error, or never call.

const { Writable } = require('stream');
const { variant, log, watch, look, slow, steps } = require('./show.cjs');

const ways = {
  default: undefined,
  'hands on': (error, callback) => callback(error),
  later: (error, callback) => { setImmediate(callback, error); },
  adds: (error, callback) => callback(error || new Error('added')),
  replaces: (error, callback) => callback(new Error('D')),
  swallows: (error, callback) => callback(),
  throws: () => { throw new Error('thrown'); },
  'calls twice': (error, callback) => { callback(error); callback(new Error('second')); },
  'never calls': () => {},
};
for (const [name, destroy] of Object.entries(ways)) {
  for (const given of [undefined, new Error('E')]) {
    variant(`${name}, destroy(${given ? 'E' : ''})`, () => {
      const w = watch(new Writable({ destroy, write: slow }));
      w.destroy(given);
      process.nextTick(() => log('tick'));
      steps(() => look(w, 'errored', 'closed'));
    });
  }
}

variant('emitClose: false', () => {
  const w = watch(new Writable({ emitClose: false, write: slow }));
  w.destroy(new Error('E'));
  steps(() => look(w, 'closed'));
});
