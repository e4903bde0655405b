'use strict';
// An async generator as the source of a `pipeline`, with an async function in its middle.

const { Writable } = require('stream');
const { pipeline } = require('stream/promises');

async function* numbers() {
  for (let i = 0; i < 200; i++) {
    if (i % 50 === 0) await new Promise((resolve) => { setTimeout(resolve, 1); });
    yield `${i}\n`;
  }
}

async function* even(source) {
  for await (const line of source) if (Number(line) % 2 === 0) yield line;
}

let bytes = 0;
const sink = new Writable({ highWaterMark: 16, write(chunk, encoding, callback) { bytes += chunk.length; setImmediate(callback); } });
pipeline(numbers, even, sink).then(() => {
  if (bytes === 0 || !sink.writableFinished) throw new Error('nothing was written');
});
