'use strict';
// Finish comes after all write callbacks and just behind those of end; on a tick, but in 18 within the callback of an asynchronous sink.

const { Writable, Duplex } = require('stream');
const { variant, log, watch, write, end, fast, hand, steps } = require('./show.cjs');

variant('asynchronous last write', () => {
  const sink = hand();
  const w = watch(new Writable({ write: sink.write }));
  write(w, 'a');
  end(w);
  end(w, undefined, 'end again');
  steps(() => sink.done());
});

variant('synchronous last write', () => {
  const w = watch(new Writable({ write: fast }));
  write(w, 'a');
  end(w);
});

for (const later of [false, true]) {
  variant(`_final ${later ? 'later' : 'at once'}`, () => {
    const sink = hand();
    const done = (callback) => { log('_final calls back'); callback(); log('and is back'); };
    const w = watch(new Writable({ write: sink.write, final(callback) { if (later) setImmediate(done, callback); else done(callback); } }));
    write(w, 'a');
    end(w);
    steps(() => sink.done());
  });
}

variant('Duplex', () => {
  const sink = hand();
  const w = watch(new Duplex({ write: sink.write, read() {} }));
  write(w, 'a');
  end(w);
  steps(() => sink.done());
});
