'use strict';
// A chunk counts 1 in object mode, its bytes otherwise, and its UTF-16 units where strings are not decoded.

const { Writable } = require('stream');
const { variant, log, look } = require('./show.cjs');

const size = (options, ...given) => {
  const w = new Writable({ ...options, write() {} });
  w.write(...given);
  return w.writableLength;
};
variant('bytes', () => {
  log(`"abc" ${size({}, 'abc')}`);
  log(`"é€" ${size({}, 'é€')}`);
  log(`"é€" as latin1 ${size({}, 'é€', 'latin1')}`);
  log(`"abcd" as hex ${size({}, 'abcd', 'hex')}`);
  log(`Buffer ${size({}, Buffer.alloc(5))}`);
  log(`"" ${size({}, '')}`);
});

variant('decodeStrings: false', () => {
  log(`"abc" ${size({ decodeStrings: false }, 'abc')}`);
  log(`"é€" ${size({ decodeStrings: false }, 'é€')}`);
  log(`"abcd" as hex ${size({ decodeStrings: false }, 'abcd', 'hex')}`);
  log(`"😀" ${size({ decodeStrings: false }, '😀')}`);
});

variant('objectMode', () => {
  for (const chunk of ['abc', '', 0, false, undefined, {}, Buffer.alloc(9)]) log(`${typeof chunk} ${size({ objectMode: true }, chunk)}`);
});

variant('default encoding', () => {
  const w = new Writable({ write() {} });
  w.setDefaultEncoding('utf16le');
  w.write('abc');
  look(w, 'writableLength');
});
