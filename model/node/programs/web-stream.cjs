'use strict';
// A Writable behind a WritableStream of the web, whose `ready` is made of write's answer and drain.

const { Readable, Writable } = require('stream');

async function main() {
  const sink = new Writable({ highWaterMark: 64, write(chunk, encoding, callback) { setImmediate(callback); } });
  const writer = Writable.toWeb(sink).getWriter();
  for (let i = 0; i < 50; i++) {
    await writer.ready;
    writer.write(new Uint8Array(40)).catch(() => {});
  }
  await writer.close();

  // And the other way: a WritableStream in the shape of a Writable.
  const { WritableStream } = require('stream/web');
  let bytes = 0;
  const web = new WritableStream({ async write(chunk) { bytes += chunk.length; } });
  await new Promise((resolve, reject) => {
    Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(100))).pipe(Writable.fromWeb(web)).on('close', resolve).on('error', reject);
  });
  if (bytes !== 5000) throw new Error(`${bytes} bytes arrived`);
}
main();
