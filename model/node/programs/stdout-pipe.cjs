'use strict';
// Standard output into a pipe: this program runs itself and reads slowly what it prints.
const { spawn } = require('child_process');

if (process.argv[2] === 'child') {
  let lines = 0;
  (function go() {
    while (lines++ < 5000) {
      if (!process.stdout.write(`this is line ${lines} of many\n`)) return process.stdout.once('drain', go);
    }
  })();
} else {
  const child = spawn(process.execPath, [...process.execArgv, __filename, 'child'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.pause();
  setTimeout(() => child.stdout.resume(), 20);
  child.stdout.on('data', (chunk) => { bytes += chunk.length; });
  child.stdout.on('end', () => console.log(`${bytes} bytes`));
}
