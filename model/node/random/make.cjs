'use strict';
// Makes the stream of a plan: its class, its options, and the functions that the stream calls.

const { Writable, Duplex, Transform, PassThrough } = require('stream');
const { inherits } = require('util');
const { note } = require('./tally.cjs');
const { later } = require('./later.cjs');

const CLASSES = {
  writable: Writable, duplex: Duplex, duplexRead: Duplex, halfOpen: Duplex, duplexUnwritable: Duplex, duplexUnreadable: Duplex,
  transform: Transform, passThrough: PassThrough,
};

function make(plan, play) {
  const functions = { ...sinkFunctions(plan, play), ...lifeCycle(plan, play) };
  const options = { ...plan.options };
  if (plan.kind === 'duplexUnwritable') options.writable = false;
  if (plan.kind === 'duplexUnreadable') options.readable = false;
  if (plan.kind === 'halfOpen') options.allowHalfOpen = false;
  if (plan.signal) options.signal = (play.abort = new AbortController()).signal;
  note(`kind ${plan.kind}`);
  note(`form ${plan.form}`);
  for (const [name, value] of Object.entries(plan.options)) note(`option ${name} ${value}`);
  return build(CLASSES[plan.kind], plan.form, options, functions);
}

function build(Base, form, options, functions) {
  const methods = Object.fromEntries(Object.entries(functions).map(([name, run]) => [`_${name}`, run]));
  switch (form) {
    case 'class': {
      class Own extends Base {}
      Object.assign(Own.prototype, methods);
      return new Own(options);
    }
    case 'inherits': {
      function Old() {
        Base.call(this, options);
      }
      inherits(Old, Base);
      Object.assign(Old.prototype, methods);
      return new Old();
    }
    case 'assigned': {
      // Node looks for _construct in the constructor, so that one cannot come later.
      const { construct } = functions;
      return Object.assign(new Base(construct ? { ...options, construct } : options), methods);
    }
    default: return new Base({ ...options, ...functions });
  }
}

function sinkFunctions(plan, play) {
  if (plan.kind === 'passThrough') return {};
  if (plan.kind === 'transform') {
    return {
      transform(chunk, encoding, callback) {
        return sink(this, plan, play, (error) => (error ? callback(error) : callback(null, chunk)));
      },
    };
  }
  const functions = {};
  if (plan.write === 'write' || plan.write === 'both') {
    functions.write = function write(chunk, encoding, callback) {
      return sink(this, plan, play, callback);
    };
  }
  if (plan.write === 'writev' || plan.write === 'both') {
    functions.writev = function writev(chunks, callback) {
      note(chunks.length > 1 ? 'writev of several' : 'writev of one');
      return sink(this, plan, play, callback);
    };
  }
  if (plan.kind !== 'writable') functions.read = function read() { if (plan.readEnds) this.push(null); };
  return functions;
}

function sink(stream, plan, play, callback) {
  const call = plan.sink.calls[play.sinkCalls++] || { how: plan.sink.habit };
  const error = play.error(call.error);
  note(`sink ${call.how}`);
  if (call.error) note(error ? 'sink error' : 'sink falsy error');
  if (play.inSink) note('sink within sink');
  play.inSink++;
  try {
    play.nested(call.before, 'in sink', call.open);
    return complete(call, play, () => {
      note('sink callback');
      callback(error);
      play.nested(call.after, 'after sink callback', call.open);
    });
  } finally {
    play.inSink--;
  }
}

function complete(call, play, done) {
  switch (call.how) {
    case 'sync': return done();
    case 'never': return undefined;
    case 'held': return void play.held.push(done);
    case 'throw': throw play.error('thrown');
    case 'callThrow': done(); throw play.error('thrown');
    case 'lateThrow': return later('immediate', () => { done(); throw play.error('thrown'); });
    case 'twice': done(); return done();
    case 'twiceLate': return later('immediate', () => { done(); done(); });
    case 'reject': return Promise.reject(play.error('thrown'));
    default: return later(call.how, done);
  }
}

// `_construct`, `_final` (`flush` of a Transform) and `_destroy`.
function lifeCycle(plan, play) {
  const functions = {};
  const run = (name, chosen, callback, given) => {
    note(`${name} ${chosen.how}`);
    play.nested(chosen.act, `in ${name}`);
    const own = () => callback(given);
    switch (chosen.how) {
      case 'sync': case 'act': return own();
      case 'never': return undefined;
      case 'held': return void play.held.push((error) => callback(error || given));
      case 'error': case 'adds': return callback(given || play.error('error'));
      case 'lateError': return later('immediate', () => callback(play.error('error')));
      case 'swallows': return callback(null);
      case 'replaces': return later('tick', () => callback(play.error('error')));
      case 'throw': throw play.error('thrown');
      case 'twice': own(); return own();
      default: return later(chosen.how, own);
    }
  };
  if (plan.construct) functions.construct = function construct(callback) { run('construct', plan.construct, callback); };
  if (plan.final) {
    const name = plan.kind === 'transform' || plan.kind === 'passThrough' ? 'flush' : 'final';
    functions[name] = function final(callback) { run('final', plan.final, callback); };
  }
  if (plan.destroy) functions.destroy = function destroy(error, callback) { run('destroy', plan.destroy, callback, error); };
  return functions;
}

module.exports = { make };
