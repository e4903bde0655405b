'use strict';
// A logger that changes its file when it is full: each file is ended, and the next one gets what comes.

const fs = require('fs');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'rotate-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

class Rotating {
  constructor() {
    this.number = 0;
    this.open();
  }

  open() {
    this.bytes = 0;
    this.file = fs.createWriteStream(path.join(dir, `log.${this.number++}`), { flags: 'a', highWaterMark: 512 });
  }

  line(text) {
    const more = this.file.write(`${text}\n`);
    if ((this.bytes += text.length + 1) < 2_000) return more;
    this.file.end();
    this.open();
    return true;
  }
}

const log = new Rotating();
let left = 400;
function go() {
  for (let i = 0; i < 25; i++) log.line(`message ${left--}`);
  if (left > 0) setTimeout(go, 1);
  else log.file.end();
}
go();
