'use strict';
// A destroy inside a synchronous flush fails what remains on ticks, and `errored` becomes that error though no event tells.

const { Writable } = require('stream');
const { variant, log, watch, write, look, fast, slow, steps } = require('./show.cjs');

variant('inside _write', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { if (String(chunk) === 'b') { log('destroy'); w.destroy(); } fast(chunk, encoding, callback); } }));
  w.cork();
  for (const chunk of 'abcd') write(w, chunk);
  w.uncork();
  look(w, 'errored');
  steps(() => look(w, 'errored'));
});

variant('inside an asynchronous _write', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { if (String(chunk) === 'b') { log('destroy'); w.destroy(); } slow(chunk, encoding, callback); } }));
  w.cork();
  for (const chunk of 'abcd') write(w, chunk);
  w.uncork();
  steps(() => {}, () => look(w, 'errored'));
});

variant('with an error', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { if (String(chunk) === 'b') { log('destroy'); w.destroy(new Error('E')); } fast(chunk, encoding, callback); } }));
  w.cork();
  for (const chunk of 'abc') write(w, chunk);
  w.uncork();
  steps(() => look(w, 'errored'));
});
