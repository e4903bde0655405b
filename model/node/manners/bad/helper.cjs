'use strict';
// A helper hides who writes.
// says: called from
const { Writable } = require('stream');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
const print = (text) => new Promise((done) => { sink.write(`${text}\n`, done); });
function report() {
  for (let i = 0; i < 500; i++) print(`line ${i}`); // here
}
report();
sink.end();
