'use strict';
// A pipeline that fails in the middle, and a file that cannot be opened.
const fs = require('fs');
const { pipeline, Readable, Transform, Writable } = require('stream');

const picky = new Transform({
  transform(chunk, encoding, callback) {
    if (String(chunk) === 'b') callback(new Error('no b'));
    else callback(null, chunk);
  },
});
const sink = new Writable({ write(chunk, encoding, callback) { setImmediate(callback); } });
pipeline(Readable.from(['a', 'b', 'c']), picky, sink, (error) => console.log(error.message));

const file = fs.createWriteStream('/no such folder/file');
file.on('error', (error) => console.log(error.code));
file.write('a', () => {});
file.end();
