'use strict';
// A sink error fails its callback, then the queued ones, then those of end, and destroys; at once if it comes later, one tick later if within `_write`.

const { Writable, Duplex } = require('stream');
const { variant, log, watch, write, end, look, hand, steps } = require('./show.cjs');

for (const autoDestroy of [true, false]) {
  variant(`later, autoDestroy ${autoDestroy}`, () => {
    const sink = hand();
    const w = watch(new Writable({ autoDestroy, write: sink.write }));
    write(w, 'a');
    write(w, 'b');
    end(w);
    steps(() => sink.done(new Error('E')), () => look(w, 'destroyed', 'writable', 'writableLength'));
  });

  variant(`at once, autoDestroy ${autoDestroy}`, () => {
    const w = watch(new Writable({ autoDestroy, write(chunk, encoding, callback) { log('_write'); callback(new Error('E')); } }));
    write(w, 'a');
    look(w, 'writable', 'destroyed');
    write(w, 'b');
    end(w);
    process.nextTick(() => log('tick'));
  });

  variant(`Duplex, later, autoDestroy ${autoDestroy}`, () => {
    const sink = hand();
    const w = watch(new Duplex({ autoDestroy, write: sink.write, read() {} }));
    write(w, 'a');
    write(w, 'b');
    steps(() => sink.done(new Error('E')));
  });
}

variant('in a flush', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { log(`_write ${chunk}`); callback(String(chunk) === 'b' ? new Error('E') : null); } }));
  w.cork();
  for (const chunk of 'abc') write(w, chunk);
  w.uncork();
});
