'use strict';
// Six producers at one line, which share one promise of a drain.
const { Writable } = require('stream');
const { once } = require('events');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
let drained = null;
function write(chunk) {
  if (!sink.write(chunk)) drained ??= once(sink, 'drain').finally(() => { drained = null; });
  return drained;
}
async function produce() {
  for (let i = 0; i < 50; i++) await write('x'.repeat(400));
}
Promise.all([1, 2, 3, 4, 5, 6].map(produce)).then(() => sink.end());
