'use strict';
// Copies a file with `pipe`.

const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'copy-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

const from = path.join(dir, 'from');
const to = path.join(dir, 'to');
fs.writeFileSync(from, Buffer.alloc(2_000_000, 'copy me\n'));
fs.createReadStream(from).pipe(fs.createWriteStream(to)).on('close', () => {
  if (!fs.readFileSync(from).equals(fs.readFileSync(to))) throw new Error('the copy differs');
});
