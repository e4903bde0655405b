'use strict';
// What a stream looks like when it is printed, before and after use.
const { Writable, Duplex, PassThrough } = require('stream');
const util = require('util');
const hide = (stream) => util.inspect(stream, { depth: 0 });
for (const make of [
  () => new Writable({ write(chunk, encoding, cb) { cb(); } }),
  () => new Writable({ construct(cb) { cb(); }, write(chunk, encoding, cb) { cb(); }, writev(chunks, cb) { cb(); }, final(cb) { cb(); }, destroy(error, cb) { cb(error); } }),
  () => new Duplex({ read() {}, write(chunk, encoding, cb) { cb(); } }),
  () => new PassThrough(),
  () => new (class extends Writable { _write(chunk, encoding, cb) { cb(); } })(),
]) {
  const stream = make();
  console.log(hide(stream), Object.keys(stream));
  stream.write('x', () => console.log(hide(stream)));
  console.log(util.inspect(stream, { depth: 1 }), JSON.stringify(Object.keys(stream)));
  stream.end();
}
console.log(hide(process.stdout).length > 0, process.stdout._type);
