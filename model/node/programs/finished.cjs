'use strict';
// `stream.finished` for streams that finish, fail, are closed early, and are destroyed before.

const { Writable, Duplex, finished } = require('stream');

const sink = (fails) => new Writable({ write(chunk, encoding, callback) { setImmediate(callback, fails ? new Error('no room') : null); } });
const ended = [];
const follow = (name, stream) => finished(stream, (error) => ended.push(`${name} ${error ? error.code || error.message : 'well'}`));

const well = sink(false);
follow('well', well);
well.write('a');
well.end('b');

const badly = sink(true);
follow('badly', badly);
badly.write('a');
badly.write('b');

const early = sink(false);
follow('early', early);
early.write('a');
early.destroy();

const before = sink(false);
before.destroy(new Error('before'));
before.on('error', () => {});
follow('before', before);

const duplex = new Duplex({ read() { this.push(null); }, write(chunk, encoding, callback) { callback(); } });
follow('duplex', duplex);
duplex.resume();
duplex.end('a');

process.on('exit', () => { if (ended.length !== 5) throw new Error(ended.join()); });
