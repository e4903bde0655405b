'use strict';
// Three Transforms in a row in front of a slow sink, with small marks: the pressure goes all the way back.

const { Readable, Transform, Writable } = require('stream');

const step = (change) => new Transform({
  highWaterMark: 64,
  transform(chunk, encoding, callback) { setImmediate(callback, null, change(String(chunk))); },
  flush(callback) { this.push('done\n'); callback(); },
});
let left = 100;
const source = new Readable({ highWaterMark: 64, read() { this.push(left-- > 0 ? `line ${left}\n` : null); } });
const sink = new Writable({ highWaterMark: 32, write(chunk, encoding, callback) { setTimeout(callback, 1); } });
source
  .pipe(step((text) => text.toUpperCase()))
  .pipe(step((text) => text.replace('LINE', 'Line')))
  .pipe(step((text) => `> ${text}`))
  .pipe(sink);
