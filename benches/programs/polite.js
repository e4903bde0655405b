// The program the contract was read from, in Node: write lines, stop when told to, go on when drained, end.
// Arguments: how many lines, and the file; without a file they go to the standard output, by way of the same kind of stream.
'use strict';
const fs = require('fs');

const lines = Number(process.argv[2]);
const path = process.argv[3];
const out = path === undefined ? fs.createWriteStream('', { fd: 1 }) : fs.createWriteStream(path, { flags: 'wx' });

let next = 0;
function writeOn() {
  while (next < lines) {
    if (!out.write(`Line ${next++}\n`)) {
      out.once('drain', writeOn);
      return;
    }
  }
  out.end();
}

// The peak memory in KiB, as the system tells it; null where it does not.
function peak() {
  try {
    const told = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
    return told && Number(told[1]);
  } catch {
    return null;
  }
}

out.on('error', (error) => {
  console.error(String(error));
  process.exitCode = 1;
});
out.on('finish', () => console.error(JSON.stringify({ peak_kib: peak() })));
writeOn();
