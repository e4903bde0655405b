'use strict';
// The right twin of log-impolite.cjs: stops at false and goes on at drain.

const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'log-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

const log = fs.createWriteStream(path.join(dir, 'log'));
let i = 0;
function go() {
  while (i < 20_000) {
    if (!log.write(`Line ${i++} of a program that listens\n`)) {
      log.once('drain', go);
      return;
    }
  }
  log.end();
}
go();
