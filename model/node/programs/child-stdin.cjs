'use strict';
// Feeds a child's standard input, politely, and reads what comes back.

const { spawn } = require('child_process');

const child = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
let back = 0;
child.stdout.on('data', (data) => { back += data.length; });
child.on('close', () => {
  if (back !== 3_000_000) throw new Error(`${back} bytes came back`);
});
let left = 300;
function go() {
  while (left > 0) {
    left--;
    if (!child.stdin.write(Buffer.alloc(10_000))) {
      child.stdin.once('drain', go);
      return;
    }
  }
  child.stdin.end();
}
go();
