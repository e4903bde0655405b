'use strict';
// Writes to a child that has left: EPIPE.

const { spawn } = require('child_process');

const child = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] });
let code;
child.stdin.on('error', (error) => { code = error.code; });
child.on('exit', () => {
  child.stdin.write(Buffer.alloc(100_000), () => {});
  child.stdin.end('more', () => {});
});
process.on('exit', () => { if (code && code !== 'EPIPE' && code !== 'ECONNRESET' && code !== 'ERR_STREAM_DESTROYED') throw new Error(code); });
