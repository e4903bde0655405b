'use strict';
// Dies of an exception that starts at a named place.
const { Writable, Transform } = require('stream');
const where = process.argv[2];
const boom = () => { throw new Error(`boom in ${where}`); };
const at = (name, cb) => (where === name ? boom() : cb && cb());

process.on('exit', (code) => console.log('exit', code, process.exitCode));
const options = {
  highWaterMark: 2,
  write(chunk, encoding, cb) { if (where === 'error') cb(new Error('nobody listens')); else if (where === 'object') cb('a string'); else if (where === 'later') setImmediate(() => at('later', cb)); else at('sink', cb); },
  final(cb) { at('final', cb); },
  destroy(error, cb) { at('destroy'); cb(error); },
};
if (where === 'construct') options.construct = (cb) => at('construct', cb);
const stream = new Writable(options);
for (const name of ['drain', 'finish', 'close', 'prefinish']) stream.on(name, () => { console.log(name); at(name); });
if (where === 'listener') stream.on('error', boom);
stream.write('abc', () => { console.log('cb'); at('callback'); });
if (where === 'null') stream.write(null);
if (where === 'type') stream.write({});
if (where === 'encoding') stream.write('x', 'nope');
if (where === 'cork') { stream.cork(); stream.write('q'); stream._write = boom; stream.uncork(); }
if (where === 'end') stream.end(5);
if (where === 'listener') stream.destroy(new Error('first'));
if (where === 'value') new Transform({ transform() { throw null; } }).write('x');
if (where === 'code') { process.exitCode = 9; boom(); }
if (where === 'exit') process.on('exit', boom);
if (where === 'rejection') Promise.reject(new Error('rejected'));
stream.end('last', () => { console.log('ended'); at('endcallback'); });
