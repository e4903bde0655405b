'use strict';
// Corked twice, uncorked once: no drain can come.
// says: and cork() had been called
const { Writable } = require('stream');
const sink = new Writable({ highWaterMark: 1000, write(chunk, encoding, done) { setImmediate(done); } });
sink.cork();
sink.cork();
for (let i = 0; i < 50; i++) sink.write('x'.repeat(100)); // here
sink.uncork();
sink.once('drain', () => sink.end());
