'use strict';
// A file copied by pipe.
const fs = require('fs');
const os = require('os');
const path = require('path');

const from = path.join(os.tmpdir(), `highwater-from-${process.pid}`);
const to = `${from}-to`;
fs.writeFileSync(from, Buffer.alloc(1000000));
fs.createReadStream(from).pipe(fs.createWriteStream(to)).on('finish', () => {
  fs.unlinkSync(from);
  fs.unlinkSync(to);
});
