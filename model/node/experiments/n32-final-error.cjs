'use strict';
// An error of `_final` goes to the end callbacks and destroys the stream, without prefinish or finish.

const { Writable } = require('stream');
const { variant, watch, write, end, slow } = require('./show.cjs');

const ways = {
  'at once': (callback) => callback(new Error('E')),
  later: (callback) => { setImmediate(() => callback(new Error('E'))); },
  thrown: () => { throw new Error('E'); },
  twice: (callback) => { callback(); callback(); },
  'twice, later': (callback) => { callback(); setImmediate(callback); },
};
for (const [name, final] of Object.entries(ways)) {
  for (const options of [{}, { autoDestroy: false }]) {
    for (const pending of [false, true]) {
      variant(`${name} ${JSON.stringify(options)} ${pending ? 'after a write' : 'inside end'}`, () => {
        const w = watch(new Writable({ ...options, write: slow, final }));
        if (pending) write(w, 'a');
        end(w);
      });
    }
  }
}
