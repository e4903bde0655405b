'use strict';
// The length falls when the sink calls back; what follows happens at once if that is later, and on a tick, shared by equal callbacks, if within `_write`.

const { Writable } = require('stream');
const { variant, log, watch, write, look, fast, hand, steps } = require('./show.cjs');

variant('asynchronous', () => {
  const sink = hand();
  const w = watch(new Writable({ highWaterMark: 2, ...sink }));
  write(w, 'abc');
  look(w, 'writableLength');
  steps(() => { sink.done(); look(w, 'writableLength'); });
});

variant('synchronous', () => {
  const w = watch(new Writable({ highWaterMark: 2, write: fast }));
  write(w, 'abc');
  look(w, 'writableLength');
  process.nextTick(() => log('a tick'));
});

// With a tick of the user's between the two writes one sees which tick the second callback is in.
variant('one callback for both', () => {
  const w = watch(new Writable({ write: fast }));
  const one = () => log('callback');
  w.write('a', one);
  process.nextTick(() => log('a tick'));
  w.write('b', one);
});

variant('a callback each', () => {
  const w = watch(new Writable({ write: fast }));
  write(w, 'a');
  process.nextTick(() => log('a tick'));
  write(w, 'b');
});

for (const objectMode of [false, true]) {
  variant(`no callback, object mode ${objectMode}: is there a tick?`, () => {
    const w = watch(new Writable({ objectMode, write: fast }));
    w.write('a');
    log(`callbacks pending: ${w._writableState.pendingcb}`);
    w.end();
  });
}
