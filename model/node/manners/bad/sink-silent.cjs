'use strict';
// A sink that never says that it is done.
// says: a call of its _write has not called back
const { Writable } = require('stream');
const sink = new Writable({ highWaterMark: 3, write() {} });
sink.write('abc'); // here
sink.once('drain', () => sink.end());
