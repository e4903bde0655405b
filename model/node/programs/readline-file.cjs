'use strict';
// Reads lines from a stream and writes the chosen ones to a file.

const fs = require('fs');
const os = require('os');
const path = require('path');
const readline = require('readline');
const { Readable } = require('stream');
const { once } = require('events');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'readline-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

async function main() {
  const input = Readable.from(Array.from({ length: 500 }, (_, i) => `first ${i}\nsecond ${i}\n`));
  const out = fs.createWriteStream(path.join(dir, 'second'), { highWaterMark: 256 });
  for await (const line of readline.createInterface({ input, crlfDelay: Infinity })) {
    if (line.startsWith('second') && !out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
main();
