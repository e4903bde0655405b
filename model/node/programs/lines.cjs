'use strict';
// Writes many lines to a file and does not care what `write` answers: all that the disk has not yet taken is in memory. With `--polite` it stops at
// false and goes on at drain. Prints the most memory that it needed: `node lines.cjs`, `node lines.cjs --polite`; `--lines N` for another number.

const fs = require('fs');
const os = require('os');
const path = require('path');

const polite = process.argv.includes('--polite');
const at = process.argv.indexOf('--lines');
const count = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'lines-'));
const stream = fs.createWriteStream(path.join(dir, 'lines'));
let i = 0;

function write() {
  while (i < count) {
    const canContinue = stream.write(`Line ${i}\n`);
    i++;
    if (polite && !canContinue) {
      stream.once('drain', write);
      return;
    }
  }
  stream.end();
}

stream.on('close', () => {
  const { bytesWritten } = stream;
  fs.rmSync(dir, { recursive: true, force: true });
  // maxRSS is in KiB.
  console.log(`${polite ? 'polite' : 'impolite'}: ${count} lines, ${bytesWritten} bytes, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB of memory`);
});
write();
