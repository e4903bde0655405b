'use strict';
// Twenty producers at one line, each with a wait of its own.
const { Writable } = require('stream');
const { once } = require('events');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
sink.setMaxListeners(0);
async function produce() {
  for (let i = 0; i < 50; i++) if (!sink.write('x'.repeat(300))) await once(sink, 'drain');
}
Promise.all(Array.from({ length: 20 }, produce)).then(() => sink.end());
