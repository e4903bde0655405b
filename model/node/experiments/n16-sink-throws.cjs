'use strict';
// An exception of `_write`, or its absence, leaves the call that started it, and the chunk stays in flight for ever.

const { Writable } = require('stream');
const { variant, log, watch, write, end, attempt, look, fast, slow } = require('./show.cjs');

const failing = (chunk, encoding, callback) => { log('_write throws'); throw new Error('thrown'); };
variant('inside write', () => {
  const w = watch(new Writable({ write: failing }));
  attempt('write', () => w.write('a'));
  write(w, 'b');
  look(w, 'writableLength');
  end(w);
});

variant('no _write', () => {
  const w = watch(new Writable());
  attempt('write', () => w.write('a'));
  attempt('write again', () => w.write('a'));
});

variant('inside uncork', () => {
  const w = watch(new Writable({ write: failing }));
  w.cork();
  write(w, 'a');
  write(w, 'b');
  attempt('uncork', () => w.uncork());
  look(w, 'writableLength');
});

variant('inside the callback of the sink', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { if (String(chunk) === 'b') failing(); slow(chunk, encoding, callback); } }));
  write(w, 'a');
  write(w, 'b');
  write(w, 'c');
});

for (const corked of [false, true]) {
  variant(`after its callback, ${corked ? 'in a flush' : 'in a direct write'}`, () => {
    const w = watch(new Writable({ write(chunk, encoding, callback) { fast(chunk, encoding, callback); if (String(chunk) === 'a') failing(); } }));
    if (corked) w.cork();
    attempt('write a', () => w.write('a'));
    write(w, 'b');
    if (corked) attempt('uncork', () => w.uncork());
    write(w, 'c');
    end(w);
  });
}

variant('after its callback, in a flush, then destroyed: Node itself fails', () => {
  const w = watch(new Writable({ write(chunk, encoding, callback) { fast(chunk, encoding, callback); failing(); } }));
  w.cork();
  write(w, 'a');
  write(w, 'b');
  attempt('uncork', () => w.uncork());
  w.destroy();
});
