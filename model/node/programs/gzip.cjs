'use strict';
// Compresses a file, and expands it again, with `pipeline`.

const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');
const { pipeline } = require('stream/promises');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gzip-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

async function main() {
  const file = (name) => path.join(dir, name);
  const lines = Array.from({ length: 50_000 }, (_, i) => `Line ${i * 7919}\n`).join('');
  fs.writeFileSync(file('plain'), lines);
  await pipeline(fs.createReadStream(file('plain')), zlib.createGzip({ level: 1 }), fs.createWriteStream(file('packed')));
  await pipeline(fs.createReadStream(file('packed')), zlib.createGunzip(), fs.createWriteStream(file('again')));
  if (fs.readFileSync(file('again'), 'utf8') !== lines) throw new Error('not the same again');
}
main();
