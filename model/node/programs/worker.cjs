'use strict';
// A worker thread that prints, and objects through Transforms in object mode.
const { isMainThread, Worker } = require('worker_threads');
const { pipeline, Readable, Transform, Writable } = require('stream');

if (isMainThread) {
  new Worker(__filename);
  const count = new Transform({ objectMode: true, transform(object, encoding, callback) { callback(null, { n: object.n + 1 }); } });
  const sink = new Writable({ objectMode: true, highWaterMark: 4, write(object, encoding, callback) { setImmediate(callback); } });
  pipeline(Readable.from(Array.from({ length: 50 }, (_, n) => ({ n }))), count, sink, (error) => {
    if (error) throw error;
  });
} else {
  for (let i = 0; i < 50; i++) console.log(`line ${i} of a worker`);
}
