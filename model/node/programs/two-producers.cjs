'use strict';
// Two sources into one slow sink by pipe, and a third that awaits drains by hand.
const { once } = require('events');
const { Readable, Writable } = require('stream');

const sink = new Writable({ highWaterMark: 100, write(chunk, encoding, callback) { setImmediate(callback); } });
const source = (size) => Readable.from((function* () { for (let i = 0; i < 40; i++) yield Buffer.alloc(size); })(), { objectMode: false });
const [a, b] = [source(30), source(70)];
a.pipe(sink, { end: false });
b.pipe(sink, { end: false });
(async () => {
  for (let i = 0; i < 40; i++) {
    if (!sink.write(Buffer.alloc(20))) await once(sink, 'drain');
  }
  if (!a.readableEnded) await once(a, 'end');
  if (!b.readableEnded) await once(b, 'end');
  sink.end();
})();
