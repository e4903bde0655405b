'use strict';
// Write callbacks come in the order of the writes, with null from 20 on; one that throws does not stop those of other ticks.

const { Writable } = require('stream');
const { variant, log, watch, write, end, fast, slow } = require('./show.cjs');

for (const [name, sink] of [['synchronous', fast], ['asynchronous', slow]]) {
  variant(name, () => {
    const w = watch(new Writable({ write: sink }));
    for (const chunk of 'abc') write(w, chunk);
  });

  variant(`${name}, one throws`, () => {
    const w = watch(new Writable({ write: sink }));
    write(w, 'a');
    w.write('b', () => { throw new Error('thrown'); });
    write(w, 'c');
    end(w);
  });
}

variant('arguments', () => {
  const w = watch(new Writable({ write: slow }));
  w.write('a', (...given) => log(`${given.length} argument(s): ${given.map(String)}`));
});
