'use strict';
// Drain asks for the length, not for the queue: it comes while chunks of length 0 are still to be written.

const { Writable } = require('stream');
const { variant, watch, write, end, slow } = require('./show.cjs');

variant('empty ones queued', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  write(w, 'a');
  write(w, '', 'empty');
  write(w, '', 'empty too');
});

variant('an empty one in flight', () => {
  const w = watch(new Writable({ highWaterMark: 0, write: slow }));
  write(w, '', 'empty');
  write(w, 'b');
  write(w, '', 'empty too');
});

variant('and end waits for them', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  write(w, 'a');
  write(w, '', 'empty');
  end(w);
});
