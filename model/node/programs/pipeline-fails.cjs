'use strict';
// A `pipeline` whose middle fails: every stream of it is destroyed.

const { Readable, Transform, Writable, pipeline } = require('stream');

let lines = 0;
const source = Readable.from(Array.from({ length: 100 }, (_, i) => `Line ${i}\n`));
const middle = new Transform({
  transform(chunk, encoding, callback) {
    callback(++lines === 20 ? new Error('line 20 is bad') : null, chunk);
  },
});
const sink = new Writable({ highWaterMark: 20, write(chunk, encoding, callback) { setTimeout(callback, 1); } });
pipeline(source, middle, sink, (error) => {
  if (!error || !sink.destroyed || !source.destroyed) throw new Error('something lives on');
});
