'use strict';
// Lines read from a file, numbered, and written to another in bursts that are corked.
const fs = require('fs');
const os = require('os');
const path = require('path');
const readline = require('readline');
const { once } = require('events');

const from = path.join(os.tmpdir(), `highwater-lines-${process.pid}`);
const to = `${from}-to`;
fs.writeFileSync(from, 'a line of text\n'.repeat(3000));
(async () => {
  const out = fs.createWriteStream(to);
  let number = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(from) })) {
    if (number % 50 === 0) {
      out.cork();
      process.nextTick(() => out.uncork());
    }
    if (!out.write(`${++number}: ${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  fs.unlinkSync(from);
  fs.unlinkSync(to);
})();
