'use strict';
// An empty chunk is a chunk: it reaches the sink, waits its turn and is called back, but adds nothing to the length.

const { Writable } = require('stream');
const { variant, watch, write, end, look, fast, slow, slowv } = require('./show.cjs');

variant('asynchronous sink', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, '', 'empty');
  write(w, Buffer.alloc(0), 'empty too');
  look(w, 'writableLength');
  w.end();
});

variant('synchronous sink', () => {
  const w = watch(new Writable({ write: fast }));
  write(w, '', 'empty');
  write(w, 'a');
});

variant('writev', () => {
  const w = watch(new Writable({ writev: slowv }));
  w.cork();
  write(w, '', 'empty');
  write(w, 'a');
  write(w, '', 'empty too');
  w.uncork();
});

variant('end("")', () => {
  const w = watch(new Writable({ write: slow }));
  end(w, '');
});
