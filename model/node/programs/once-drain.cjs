'use strict';
// Waits for drain with `events.once`, and for each callback with a promise.

const { once } = require('events');
const { Writable } = require('stream');
const { promisify } = require('util');

async function main() {
  const w = new Writable({ highWaterMark: 100, write(chunk, encoding, callback) { setImmediate(callback); } });
  for (let i = 0; i < 200; i++) if (!w.write('x'.repeat(30))) await once(w, 'drain');
  const write = promisify(w.write.bind(w));
  for (let i = 0; i < 20; i++) await write('y'.repeat(60));
  w.end();
  await once(w, 'finish');
}
main();
