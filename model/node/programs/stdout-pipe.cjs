'use strict';
// Writes to its standard output, which is a pipe that is read slowly.

const { spawn } = require('child_process');

if (process.argv[2] === 'child') {
  for (let i = 0; i < 300; i++) process.stdout.write(`${'x'.repeat(999)}\n`);
} else {
  // With the flags of this process, so that what watches this one watches the child.
  const child = spawn(process.execPath, [...process.execArgv, __filename, 'child'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (data) => {
    bytes += data.length;
    child.stdout.pause();
    setTimeout(() => child.stdout.resume(), 1);
  });
  child.on('close', () => {
    if (bytes !== 300_000) throw new Error(`${bytes} bytes came through`);
  });
}
