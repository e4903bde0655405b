'use strict';
// Waits although `write` has returned true.
// says: a drain is waited for that nobody owes
const { Writable } = require('stream');
const { once } = require('events');
const sink = new Writable({ highWaterMark: 500, write(chunk, encoding, done) { setImmediate(done); } });
(async () => {
  sink.write('x');
  await once(sink, 'drain'); // here
  sink.end();
})();
