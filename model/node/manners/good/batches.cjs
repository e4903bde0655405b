'use strict';
// Batches, corked until the next tick as Node's documentation has it, each after the drain of the one before.
const { Writable } = require('stream');
const { once } = require('events');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
(async () => {
  for (let round = 0; round < 50; round++) {
    sink.cork();
    let more = true;
    for (let i = 0; i < 5; i++) more = sink.write('x'.repeat(300));
    process.nextTick(() => sink.uncork());
    if (!more) await once(sink, 'drain');
  }
  sink.end();
})();
