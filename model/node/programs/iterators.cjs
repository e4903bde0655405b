'use strict';
// Async generators through a pipeline, and a Writable behind a web stream.
const { pipeline } = require('stream/promises');
const { PassThrough, Writable } = require('stream');

async function* source() {
  for (let i = 0; i < 100; i++) {
    if (i % 10 === 0) await null;
    yield 'x'.repeat(1000);
  }
}
async function* upper(chunks) {
  for await (const chunk of chunks) yield String(chunk).toUpperCase();
}

(async () => {
  await pipeline(source, new PassThrough(), upper, new Writable({ write(chunk, encoding, callback) { setImmediate(callback); } }));
  const web = Writable.toWeb(new Writable({ write(chunk, encoding, callback) { setTimeout(callback, 1); } }));
  const writer = web.getWriter();
  for (let i = 0; i < 10; i++) {
    await writer.ready;
    writer.write(new Uint8Array(10000));
  }
  await writer.close();
})();
