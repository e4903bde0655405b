'use strict';
// A worker thread writes to its standard output, which is a stream to the main thread, and gets its standard input from there.

const { Worker, isMainThread } = require('worker_threads');

if (isMainThread) {
  const worker = new Worker(__filename, { stdout: true, stdin: true });
  let bytes = 0;
  worker.stdout.on('data', (data) => { bytes += data.length; });
  for (let i = 0; i < 20; i++) worker.stdin.write(`${'y'.repeat(99)}\n`);
  worker.stdin.end();
  worker.on('exit', () => setImmediate(() => {
    if (bytes !== 52_000) throw new Error(`${bytes} bytes came`);
  }));
} else {
  for (let i = 0; i < 50; i++) process.stdout.write(`${'x'.repeat(999)}\n`);
  process.stdin.pipe(process.stdout);
}
