'use strict';
// An error of `_construct` destroys the stream: queued write callbacks get it, then those of end, then come error and close.

const { Writable } = require('stream');
const { variant, watch, write, end, look, slow, steps } = require('./show.cjs');

const ways = {
  'callback with error': (callback) => callback(new Error('E')),
  'later callback with error': (callback) => { setImmediate(() => callback(new Error('E'))); },
  throws: () => { throw new Error('E'); },
  'callback twice': (callback) => { callback(); callback(); },
  'callback twice, later': (callback) => { callback(); setImmediate(callback); },
};
for (const [name, construct] of Object.entries(ways)) {
  for (const options of [{}, { autoDestroy: false }, { emitClose: false }]) {
    variant(`${name} ${JSON.stringify(options)}`, () => {
      const w = watch(new Writable({ ...options, construct, write: slow }));
      write(w, 'a');
      write(w, 'b');
      end(w);
      steps(() => look(w, 'destroyed', 'closed', 'writableLength', 'errored'));
    });
  }
}
