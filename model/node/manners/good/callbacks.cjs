'use strict';
// Five producers at one line, each of which waits until its chunk is written.
const { Writable } = require('stream');
const { promisify } = require('util');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
const write = promisify(sink.write.bind(sink));
async function produce() {
  for (let i = 0; i < 50; i++) await write('x'.repeat(400));
}
Promise.all([1, 2, 3, 4, 5].map(produce)).then(() => sink.end());
