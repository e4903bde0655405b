'use strict';
// What Node builds on streams: pipe, pipeline, finished, compose, web streams, promises, iterators.
const stream = require('stream');
const { Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, compose } = stream;
const promises = require('stream/promises');
const { once, EventEmitter } = require('events');
const say = console.log;
const slow = (extra) => new Writable({ highWaterMark: 3, write(chunk, encoding, cb) { say('got', String(chunk)); setTimeout(cb, 1); }, ...extra });
const upper = () => new Transform({ transform(chunk, encoding, cb) { cb(null, String(chunk).toUpperCase()); } });
const source = () => Readable.from(['ab', 'cd', 'ef', 'gh']);

const cases = {
  pipe() { const to = slow(); to.on('pipe', () => say('pipe')).on('unpipe', () => say('unpipe')).on('finish', () => say('finish')); source().pipe(upper()).pipe(to); },
  pipeline() { pipeline(source(), upper(), slow(), (error) => say('done', error)); },
  fails() { pipeline(source(), new Transform({ transform(chunk, encoding, cb) { cb(new Error('bad')); } }), slow(), (error) => say('done', error.message)); },
  premature() { const to = slow(); pipeline(source(), to, (error) => say('done', error.code)); setTimeout(() => to.destroy(), 2); },
  generator() { pipeline(source(), async function* (from) { for await (const chunk of from) yield `${chunk}!`; }, slow(), (error) => say('done', error)); },
  async promises() { await promises.pipeline(source(), upper(), slow()); say('done'); await promises.finished(slow().end('x')); say('finished'); },
  finished() { const to = slow(); finished(to, (error) => say('finished', error)); to.write('a'); to.end(); finished(slow().destroy(new Error('gone')).on('error', () => say('error')), (error) => say(error.message)); },
  compose() { if (!compose) return; const both = compose(upper(), new PassThrough()); both.on('data', (data) => say(String(data))).on('end', () => say('end')).on('finish', () => say('finish')); both.write('abc', () => say('cb')); both.end('def'); },
  from() { const both = Duplex.from({ readable: Readable.from(['x']), writable: slow() }); both.on('data', (data) => say(String(data))).on('finish', () => say('finish')).on('close', () => say('close')); both.end('q'); const gen = Duplex.from(async function* (from) { for await (const chunk of from) yield String(chunk) + '?'; }); gen.on('data', (data) => say(String(data))).on('end', () => say('end')); gen.end('w'); },
  async web() { const writer = Writable.toWeb(slow()).getWriter(); await writer.write('abc'); await writer.close(); say('closed'); const back = Writable.fromWeb(new WritableStream({ write(chunk) { say('web', String(chunk)); } })); back.write('x', () => say('cb')); back.end(() => say('ended')); },
  async iterate() { for (let i = 0, to = slow(); i < 4; i++) if (!to.write('abc')) { await once(to, 'drain'); say('drain', i); } },
  abort() { const controller = new AbortController(); const to = slow({ signal: controller.signal }); to.on('error', (error) => say(error.name)).on('close', () => say('close')); to.write('a', (error) => say('cb', error && error.code)); to.write('b', (error) => say('cb', error && error.code)); controller.abort(); },
  captured() { const to = new Writable({ captureRejections: true, write(chunk, encoding, cb) { cb(); } }); to.on('drain', async () => {}).on('finish', async () => { throw new Error('rejected'); }).on('error', (error) => say(error.message)); to.end('x'); },
  dispose() { if (!Symbol.asyncDispose || !Writable.prototype[Symbol.asyncDispose]) return; const to = slow(); to.on('error', (error) => say(error.name)); to[Symbol.asyncDispose]().then(() => say('disposed'), (error) => say(error.message)); },
  domain() { const domain = require('domain').create(); domain.on('error', (error) => say('domain', error.message)); domain.run(() => { const to = slow(); to.write('a', () => { throw new Error('in callback'); }); new Writable({ write(chunk, encoding, cb) { cb(new Error('unheard')); } }).write('x'); }); },
  prepare() { Error.prepareStackTrace = (error, list) => { say('prepared', list.length > 0); return `mine ${error.message}`; }; const to = slow({ destroy(error, cb) { say(error.stack); cb(error); } }); to.on('error', (error) => say(error.stack)); to.write('a'); to.destroy(new Error('x')); say(new Error('y').stack); Error.stackTraceLimit = 0; to.write('b', () => {}); say(Error.stackTraceLimit, new Error('z').stack); },
  spied() { const emit = EventEmitter.prototype.emit; EventEmitter.prototype.emit = function (name, ...given) { if (typeof name === 'string') say('emit', name, given.length); return emit.call(this, name, ...given); }; const to = new Writable({ write(chunk, encoding, cb) { cb(); } }); const write = Writable.prototype.write; Writable.prototype.write = function (...given) { say('write', given.length); return write.apply(this, given); }; to.write('a', () => {}); to.end('b'); },
  console() { const { Console } = require('console'); const mine = new Console({ stdout: slow(), stderr: slow() }); mine.log('hi %d', 5); mine.error('no'); },
  emits() { const to = slow(); say(to.emit('drain'), to.emit('finish'), to.emit('other')); to.once('drain', () => say('heard')); say(to.emit('drain', 1, 2), to.listenerCount('drain'), to.cork(), to.uncork(), to.destroy() === to); },
  deep() { let depth = 0; const to = new Writable({ write(chunk, encoding, cb) { cb(); } }); const go = () => { if (++depth < 3000) to.write('x', go); else say('deep'); }; go(); },
};
Promise.resolve(cases[process.argv[2]]()).catch((error) => say('failed', error.message));
