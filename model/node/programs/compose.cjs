'use strict';
// Streams made of others: `compose`, `Duplex.from`, and a pair of Duplexes where there is one.

const stream = require('stream');
const { Duplex, PassThrough, Transform, Writable } = stream;
const { pipeline } = require('stream/promises');

const upper = () => new Transform({ transform(chunk, encoding, callback) { callback(null, String(chunk).toUpperCase()); } });
const slow = () => new Writable({ highWaterMark: 10, write(chunk, encoding, callback) { setImmediate(callback); } });
const lines = Array.from({ length: 60 }, (_, i) => `line ${i}\n`);

async function main() {
  process.removeAllListeners('warning');
  if (stream.compose) await pipeline(lines, stream.compose(upper(), new PassThrough()), slow());
  await pipeline(lines, Duplex.from(async function* twice(source) {
    for await (const chunk of source) yield `${chunk}${chunk}`;
  }), slow());
  if (!stream.duplexPair) return;
  const [left, right] = stream.duplexPair({ highWaterMark: 50 });
  right.pipe(right); // an echo
  left.resume();
  for (const line of lines) if (!left.write(line)) await new Promise((resolve) => { left.once('drain', resolve); });
  left.end();
}
main();
