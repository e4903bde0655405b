'use strict';
// A generator through a Transform and gzip into a file.
const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');
const { pipeline, Readable, Transform } = require('stream');

const file = path.join(os.tmpdir(), `highwater-gzip-${process.pid}`);
function* blocks() {
  for (let i = 0; i < 200; i++) yield Buffer.alloc(5000, i);
}
const through = new Transform({ transform(chunk, encoding, callback) { callback(null, chunk); } });
pipeline(Readable.from(blocks()), through, zlib.createGzip(), fs.createWriteStream(file), (error) => {
  fs.unlinkSync(file);
  if (error) throw error;
});
