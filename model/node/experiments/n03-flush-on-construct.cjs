'use strict';
// What was queued before construction is flushed by the usual rule: one `_writev` for two or more, if there is one.

const { Writable } = require('stream');
const { variant, watch, write, slow, slowv } = require('./show.cjs');

for (const count of [1, 2, 3]) {
  for (const [name, sinks] of [['_write', { write: slow }], ['_write and _writev', { write: slow, writev: slowv }], ['_writev', { writev: slowv }]]) {
    variant(`${count} with ${name}`, () => {
      const w = watch(new Writable({ construct(callback) { setImmediate(callback); }, ...sinks }));
      for (let i = 0; i < count; i++) write(w, 'abc'[i]);
      w.end();
    });
  }
}
