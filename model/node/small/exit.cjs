'use strict';
// Ends early, or late, at a named place.
const { Writable } = require('stream');
const where = process.argv[2];
const at = (name, cb) => { if (where === name) process.exit(3); cb(); };
let revived = where === 'revived';

process.on('beforeExit', (code) => {
  console.log('beforeExit', code);
  if (revived) { revived = false; setTimeout(() => stream.write('z', () => console.log('revived')), 1); }
  at('before', () => {});
});
process.on('exit', (code) => { console.log('exit', code); stream.write('in exit', () => console.log('never')); at('exit', () => {}); if (where === 'code') process.exitCode = 5; });
const stream = new Writable({ write(chunk, encoding, cb) { console.log('sink', String(chunk)); at('sink', cb); } });
stream.write('a', () => at('callback', () => console.log('cb')));
if (where === 'now') process.exit();
if (where === 'set') process.exitCode = 4;
if (where === 'kill') setTimeout(() => process.kill(process.pid, 'SIGTERM'), 20);
if (where === 'really') setImmediate(() => process.reallyExit(6));
if (where === 'abort') process.once('SIGTERM', () => process.exit(8)), process.kill(process.pid, 'SIGTERM'), setTimeout(() => {}, 500);
