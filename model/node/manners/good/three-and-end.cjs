'use strict';
// A header, a body and a footer, and the end.
const { Writable } = require('stream');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
sink.write('header\n');
for (const part of ['x'.repeat(2000), 'footer\n', 'signature\n']) sink.write(part);
sink.end('end\n');
