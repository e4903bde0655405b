'use strict';
// Writes a log in a loop and never looks at what `write` returns: all of it is in memory before the first byte is in the file.

const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'log-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

const log = fs.createWriteStream(path.join(dir, 'log'));
for (let i = 0; i < 20_000; i++) log.write(`Line ${i} of a program that does not listen\n`);
log.end();
