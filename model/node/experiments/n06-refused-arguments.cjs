'use strict';
// Arguments of the wrong kind make `write` throw at once and change nothing.

const { Writable } = require('stream');
const { variant, watch, attempt, look, slow } = require('./show.cjs');

for (const options of [{}, { objectMode: true }, { decodeStrings: false }]) {
  variant(JSON.stringify(options), () => {
    const w = watch(new Writable({ ...options, write: slow }));
    attempt('null', () => w.write(null));
    attempt('undefined', () => w.write(undefined));
    attempt('number', () => w.write(5));
    attempt('object', () => w.write({}));
    attempt('encoding', () => w.write('a', 'no-such'));
    attempt('encoding buffer', () => w.write('a', 'buffer'));
    attempt('Uint8Array', () => w.write(new Uint8Array(2)));
    attempt('DataView', () => w.write(new DataView(new ArrayBuffer(3))));
    attempt('Uint16Array', () => w.write(new Uint16Array(2)));
    look(w, 'writableLength', 'writable');
  });
}

variant('as the last chunk', () => {
  const w = watch(new Writable({ write: slow }));
  attempt('end(5)', () => w.end(5));
  look(w, 'writableEnded');
  attempt('end(null)', () => w.end(null));
});

variant('after end', () => {
  const w = watch(new Writable({ write: slow }));
  w.end();
  attempt('write(null)', () => w.write(null));
  attempt('write(5)', () => w.write(5));
});
