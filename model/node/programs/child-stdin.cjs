'use strict';
// A child's standard input, and this program's standard output and error.
const { spawn } = require('child_process');

const child = spawn('cat');
child.stdout.pipe(process.stdout);
for (let i = 0; i < 100; i++) child.stdin.write(`line ${i}\n`);
child.stdin.end();
console.log('out');
console.error('err');
