'use strict';
// A file is given up while it is written: what was not written is lost, and its callbacks say so, and so does an error of the file's own.

const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'midway-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

const w = fs.createWriteStream(path.join(dir, 'half'));
let failed = 0;
for (let i = 0; i < 50; i++) w.write(Buffer.alloc(10_000), (error) => { if (error) failed++; });
w.on('error', (error) => { if (error.code !== 'ERR_STREAM_DESTROYED') throw error; });
w.on('open', () => setImmediate(() => w.destroy()));
w.on('close', () => setImmediate(() => { if (failed === 0) throw new Error('everything was written'); }));
