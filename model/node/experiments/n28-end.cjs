'use strict';
// `end` gives back the stream; its chunk is written like any other, without a callback of its own, and it uncorks.

const { Writable } = require('stream');
const { variant, log, watch, write, end, look, fast, slow, slowv } = require('./show.cjs');

variant('alone', () => {
  const w = watch(new Writable({ write: slow }));
  log(`the stream itself: ${w.end() === w}`);
  look(w, 'writableEnded', 'writable');
});

variant('with a chunk', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  end(w, 'ab');
});

variant('with a chunk, an encoding and a callback', () => {
  const w = watch(new Writable({ write: slow }));
  w.end('6162', 'hex', () => log('callback'));
});

variant('corked', () => {
  const w = watch(new Writable({ writev: slowv }));
  w.cork();
  write(w, 'a');
  w.cork();
  end(w, 'b');
});

variant('synchronous sink', () => {
  const w = watch(new Writable({ write: fast }));
  end(w, 'a');
});
