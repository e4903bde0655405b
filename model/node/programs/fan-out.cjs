'use strict';
// One source is piped into two sinks, one of which is slow and leaves in the middle.

const { Readable, Writable } = require('stream');

let left = 60;
const source = new Readable({ read() { this.push(left-- > 0 ? Buffer.alloc(100) : null); } });
const quick = new Writable({ highWaterMark: 150, write(chunk, encoding, callback) { callback(); } });
const slow = new Writable({ highWaterMark: 150, write(chunk, encoding, callback) { setTimeout(callback, 2); } });
source.pipe(quick);
source.pipe(slow);
setTimeout(() => {
  source.unpipe(slow);
  slow.end('good bye');
}, 40);
