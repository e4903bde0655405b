'use strict';
// A drain listener may write, end or destroy; if it throws, the callbacks of its step are lost and finish never comes.

const { Writable } = require('stream');
const { variant, log, watch, write, end, fast, slow, slowv, steps } = require('./show.cjs');

const drained = (name, act) => variant(name, () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  w.once('drain', () => act(w));
  write(w, 'a');
});
drained('writes', (w) => write(w, 'b'));
drained('ends', (w) => end(w));
drained('destroys', (w) => w.destroy());
drained('destroys with an error', (w) => w.destroy(new Error('E')));

variant('throws', () => {
  const w = watch(new Writable({ highWaterMark: 1, writev: slowv }));
  w.once('drain', () => { throw new Error('thrown'); });
  w.cork();
  write(w, 'a');
  write(w, 'b');
  w.uncork();
  steps(() => {}, () => { log(`pendingcb ${w._writableState.pendingcb}`); end(w); });
});

variant('throws, synchronous sink', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: fast }));
  w.once('drain', () => { throw new Error('thrown'); });
  w.cork();
  write(w, 'a');
  write(w, 'b');
  w.uncork();
  steps(() => { log(`pendingcb ${w._writableState.pendingcb}`); end(w); });
});
