'use strict';
// Listeners of 'exit' write and end streams: no tick runs any more, so what they start is not finished.
const { Writable } = require('stream');
const sink = new Writable({ highWaterMark: 10, write(chunk, encoding, done) { done(); } });
const gone = new Writable({ write(chunk, encoding, done) { done(); } });
gone.on('error', () => {});
sink.write('before');
process.on('exit', () => {
  console.log('bye');
  sink.write('a chunk that is too large');
  sink.end();
  gone.destroy(new Error('too late'));
});
