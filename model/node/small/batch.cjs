'use strict';
// Which callbacks share a tick, and in which order ticks, microtasks and callbacks run.
const { Writable } = require('stream');
const { AsyncLocalStorage, executionAsyncId } = require('async_hooks');
const log = [];
const storage = new AsyncLocalStorage();
const stream = new Writable({ highWaterMark: 3, write(chunk, encoding, cb) { cb(); } });
const other = new Writable({ write(chunk, encoding, cb) { cb(); } });
const f = function () { log.push(['f', storage.getStore(), this === undefined || this === globalThis]); process.nextTick(() => log.push('tick of f')); };
const g = () => { log.push(['g', storage.getStore()]); Promise.resolve().then(() => log.push('microtask of g')); };
for (let round = 0; round < 3; round++) {
  storage.run(round, () => {
    stream.write('a', f); stream.write('b', f); stream.write('c', g); stream.write('d', f); other.write('e', f); other.write('f', f); stream.write('g', g); stream.write('h', g);
    process.nextTick(() => log.push('tick'));
    queueMicrotask(() => log.push('microtask'));
  });
}
stream.on('drain', () => log.push('drain'));
stream.end(f);
stream.end(f);
other.end('x', f);
setImmediate(() => { for (const entry of log) console.log(...[].concat(entry)); });
