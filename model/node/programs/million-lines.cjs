'use strict';
// Many lines into a file as fast as they can be made. By default write()'s answer is ignored; with --polite the loop waits for drain. Prints the peak of
// memory. LINES says how many.
const fs = require('fs');
const os = require('os');
const path = require('path');

const lines = Number(process.env.LINES || 1000000);
const polite = process.argv.includes('--polite');
const name = path.join(os.tmpdir(), `highwater-million-${process.pid}`);
const out = fs.createWriteStream(name);
let line = 0;

function go() {
  while (line < lines) {
    const more = out.write(`this is line ${line++} of very many\n`);
    if (polite && !more) {
      out.once('drain', go);
      return;
    }
  }
  out.end();
}

go();
out.on('close', () => {
  const bytes = fs.statSync(name).size;
  fs.unlinkSync(name);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`${lines} lines, ${bytes} bytes; peak memory ${peak.toFixed(0)} MiB`);
});
