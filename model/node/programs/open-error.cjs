'use strict';
// A file that cannot be opened: what was written meanwhile fails with the reason.

const fs = require('fs');
const os = require('os');
const path = require('path');

const w = fs.createWriteStream(path.join(os.tmpdir(), `no-such-directory-${process.pid}`, 'file'));
const seen = [];
w.write('a', (error) => seen.push(error.code));
w.write('b', (error) => seen.push(error.code));
w.end((error) => seen.push(error.code));
w.on('error', (error) => seen.push(`error ${error.code}`));
w.on('close', () => seen.push('close'));
process.on('exit', () => { if (seen.join() !== 'ENOENT,ENOENT,ENOENT,error ENOENT,close') throw new Error(seen.join()); });
