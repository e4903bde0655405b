'use strict';
// Encrypts while it writes: a Transform that computes at once in front of a file.

const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { Readable, pipeline } = require('stream');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'cipher-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

const plain = Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(5_000)));
const cipher = crypto.createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16, 2));
pipeline(plain, cipher, fs.createWriteStream(path.join(dir, 'secret')), (error) => { if (error) throw error; });
