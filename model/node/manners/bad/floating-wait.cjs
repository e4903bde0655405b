'use strict';
// The `await` is forgotten: a listener more at each turn.
// says: goes on writing to Writable
const { Writable } = require('stream');
const { once } = require('events');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
sink.setMaxListeners(20);
for (let i = 0; i < 60; i++) {
  if (!sink.write('x'.repeat(100))) once(sink, 'drain'); // here
}
sink.end();
