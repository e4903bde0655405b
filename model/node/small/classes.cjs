'use strict';
// The ways in which a class can bring its functions.
const { Writable, Duplex, Transform, PassThrough } = require('stream');
const util = require('util');
const say = console.log;
const show = (name, stream) => {
  for (const event of ['drain', 'prefinish', 'finish', 'close', 'error']) stream.on(event, (error) => say(name, event, error && error.message));
  say(name, stream.write('one', (error) => say(name, 'cb', error)), stream.write('two'), stream.writableLength);
  stream.end('three', () => say(name, 'ended'));
  return stream;
};

class Base extends Writable {
  _construct(cb) { say('base construct'); setImmediate(cb); }
  _write(chunk, encoding, cb) { say('base', String(chunk), typeof cb, cb.length); setImmediate(cb); }
  _final(cb) { say('base final'); cb(); }
  _destroy(error, cb) { say('base destroy'); super._destroy(error, cb); }
}
class Above extends Base {
  _construct(cb) { say('above construct'); super._construct((error) => { say('constructed'); cb(error); }); }
  _write(chunk, encoding, cb) { say('above'); super._write(chunk, encoding, (error) => { say('below done'); cb(error); }); }
  _final(cb) { setTimeout(() => super._final(cb), 1); }
  _destroy(error, cb) { setImmediate(() => super._destroy(error, cb)); }
}
class Fields extends Writable {
  _write = (chunk, encoding, cb) => { say('field', String(chunk)); cb(); };
  _final = (cb) => { say('field final'); cb(); };
  constructor() { super(); this.on('newListener', (name) => say('listener', String(name))); }
}
class Early extends Writable {
  late = 'x';
  constructor() { super({ write(chunk, encoding, cb) { say('option', this.late, String(chunk)); cb(); } }); this.write('in constructor'); }
  _write = (chunk, encoding, cb) => { say('replaced', String(chunk)); cb(); };
}
class Early2 extends Writable {
  constructor() { super(); this.write('before fields'); }
  _write(chunk, encoding, cb) { say('method', String(chunk)); cb(); }
}
class Early3 extends Early2 { _write = (chunk, encoding, cb) => { say('field', String(chunk)); cb(); }; }
class Own extends Writable {
  constructor() { super({ emitClose: false }); }
  _write(chunk, encoding, cb) { cb(); }
  destroy(error) { say('own destroy', error); return super.destroy(error); }
}
class Getter extends Writable {
  constructor() { super(); this.sink = (chunk, encoding, cb) => { say('got', String(chunk)); cb(); }; }
  get _write() { return this.sink; }
}
class Writes extends Transform {
  write(chunk, encoding, cb) { say('own write', String(chunk)); return super.write(chunk, encoding, cb); }
  end(...given) { say('own end', given.length); return super.end(...given); }
  emit(name, ...given) { say('own emit', String(name)); return super.emit(name, ...given); }
  _transform(chunk, encoding, cb) { this.push(chunk); cb(); }
}
class Rejects extends Writable {
  async _write(chunk, encoding, cb) { await null; cb(); }
  async _final(cb) { await null; cb(new Error('async final')); }
}
function Old(options) { Writable.call(this, options); }
util.inherits(Old, Writable);
Old.prototype._write = function (chunk, encoding, cb) { say('old', String(chunk), this instanceof Old); cb(); };
Old.prototype._writev = function (chunks, cb) { say('oldv', chunks.length); cb(); };

for (const Class of [Base, Above, Fields, Early, Early2, Early3, Own, Getter, Writes, Rejects, Old]) show(Class.name, new Class());
const first = show('reassigned', new Writable({ write(chunk, encoding, cb) { say('first', String(chunk)); setImmediate(cb); } }));
const old = first._write;
first._write = function (chunk, encoding, cb) { say('around'); old.call(this, chunk, encoding, cb); };
const both = new (class extends Duplex { _construct(cb) { say('class'); cb(); } })({ construct(cb) { say('option'); cb(); }, write(chunk, encoding, cb) { cb(); }, read() {} });
show('both', both);
const shared = new Writable({ write: first._write });
show('shared', shared);
show('frozen', Object.preventExtensions(new Base()));
show('proxy', new Proxy(new Base(), {}));
show('derived', Object.create(new Base()));
const patched = show('prototype', new Base());
Base.prototype._write = function (chunk, encoding, cb) { say('changed', String(chunk)); cb(); };
patched.destroy();
const through = show('through', new PassThrough());
through.on('data', (data) => say(String(data))).on('end', () => say('end'));
say(Object.keys(new Base()), Object.keys(Writable.prototype), 'emit' in Writable.prototype, Writable.prototype._write.name);
say(new Base() instanceof Writable, new Duplex() instanceof Writable, {} instanceof Writable, Writable.prototype instanceof Writable);
say(Writable.prototype.write.length, Writable.prototype.end.length, Writable.prototype.destroy.length, Writable.prototype.write.name, Duplex.prototype.destroy.name);
