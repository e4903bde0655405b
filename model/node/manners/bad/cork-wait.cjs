'use strict';
// Waits while the stream is corked.
// says: a drain is waited for that cannot come while the stream is corked
const { Writable } = require('stream');
const { once } = require('events');
const sink = new Writable({ highWaterMark: 100, write(chunk, encoding, done) { setImmediate(done); } });
(async () => {
  sink.cork();
  for (let i = 0; i < 5; i++) {
    if (!sink.write('x'.repeat(60))) await once(sink, 'drain'); // here
  }
  sink.uncork();
  sink.end();
})();
