'use strict';
// The recorder of Node programs: `HIGHWATER_TRACE=dir node --require ./record.cjs program.js` writes what every writable stream of the
// process does into `dir`, one file a process and thread, in the format of docs/TRACE.md; HIGHWATER_SITES=1 adds who called.
//
// The program must not notice. So nothing is caught and thrown again (Node names the place of the last `throw` when a program dies of it), no
// tick is added, a function that Node compares or tests for presence stays one function or stays absent, and an exception of the recorder's
// own ends the recording and not the program. What a stack shows is the one exception: it has the recorder's frames.

const fs = require('fs');
const path = require('path');
const stream = require('stream');

const { writeSync } = fs;
const { apply, getPrototypeOf, defineProperty, getOwnPropertyDescriptor } = Reflect;
const hrtime = process.hrtime;
const { Writable, Duplex } = stream;
const major = parseInt(process.versions.node, 10);
const sites = process.env.HIGHWATER_SITES === '1';
const REG = Symbol('highwater');
const FLUSH = 1 << 16;

// ---- the file ----

let on = false;
let fd = -1;
let out = '';
let n = 0;
let streams = 0;
let depth = 0; // recorded calls that have not returned
const [second0, nano0] = hrtime();
let clock = '0';

function open(dir) {
  const thread = process.env.HIGHWATER_TRACE && require('worker_threads').threadId;
  fs.mkdirSync(dir, { recursive: true });
  // Process ids come again: a trace of an earlier run stays.
  for (let again = 0; fd < 0; again++) {
    const name = path.join(dir, `${process.pid}-${thread}${again ? `-${again}` : ''}.jsonl`);
    try {
      fd = fs.openSync(name, 'wx');
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
  out = `{"highwater":1,"source":"node ${process.versions.node}","started":"${new Date().toISOString()}","pid":${process.pid},"thread":${thread}}\n`;
}

function flush() {
  let bytes = Buffer.from(out, 'latin1'); // all that is not ASCII is escaped
  out = '';
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(fd, bytes));
}

function say(text) {
  try {
    writeSync(2, `highwater: ${text}\n`);
  } catch {
    // Nobody is there to be told.
  }
}

function fail(error) {
  if (!on) return;
  on = false;
  say(`recording stopped, the program goes on: ${error && error.message}`);
}

// The clock is read where the stack of recorded calls begins and where a sink returns: what lies between is one instant of the program.
function tick() {
  const now = hrtime();
  clock = String((now[0] - second0) * 1e9 + now[1] - nano0);
}

function line(reg, rest) {
  out += `{"n":${++n},"t":${clock}${reg.head}${rest}}\n`;
  if (out.length > FLUSH) flush();
}

// ---- values ----

function quote(text) {
  return JSON.stringify(String(text)).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const functions = new WeakMap();
let functionCount = 0;
const objectIds = new WeakMap();
const valueIds = new Map();
let errorCount = 0;
let leaving = 0; // the id of an exception that is on its way out through recorded calls

function errorId(error, id) {
  const ids = (typeof error === 'object' && error !== null) || typeof error === 'function' ? objectIds : valueIds;
  let known = ids.get(error);
  if (known === undefined) ids.set(error, known = id || ++errorCount);
  return known;
}

function describe(key, error, id) {
  let name = typeof error, code, message;
  try {
    if (error !== null && typeof error === 'object') {
      name = error.name;
      code = error.code;
      message = error.message;
    } else message = String(error);
  } catch {
    message = '';
  }
  const coded = code === undefined || code === null ? '' : `,"code":${quote(String(code))}`;
  return `,"${key}":{"id":${errorId(error, id)},"name":${quote(name)}${coded},"message":${quote(String(message ?? '').slice(0, 200))}}`;
}

function errorField(error) {
  return error ? describe('err', error) : '';
}

// What left a call is not caught, so it is not known: it has an id, which the calls around share until something else happens.
function leftField() {
  if (leaving === 0) leaving = ++errorCount;
  return `,"throw":{"id":${leaving},"name":"","message":""}`;
}

// ---- who called ----

const paths = new Map();

function plainPath(file) {
  let plain = paths.get(file);
  if (plain === undefined) {
    plain = file;
    if (file.startsWith('file:')) plain = require('url').fileURLToPath(file);
    paths.set(file, plain);
  }
  return plain;
}

function frames() {
  const limit = getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  const prepare = getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const holder = {};
  try {
    defineProperty(Error, 'stackTraceLimit', { value: 40, writable: true, enumerable: true, configurable: true });
    defineProperty(Error, 'prepareStackTrace', { value: (_, list) => list, writable: true, enumerable: true, configurable: true });
    Error.captureStackTrace(holder, frames);
    return Array.isArray(holder.stack) ? holder.stack : [];
  } finally {
    if (limit) defineProperty(Error, 'stackTraceLimit', limit);
    else delete Error.stackTraceLimit;
    if (prepare) defineProperty(Error, 'prepareStackTrace', prepare);
    else delete Error.prepareStackTrace;
  }
}

function site(withIn) {
  let inside = '';
  for (const frame of frames()) {
    const file = frame.getFileName();
    if (!file || file === __filename) continue;
    if (file.startsWith('node:')) inside ||= `,"in":${quote(file)}`;
    else return `,"at":${quote(`${plainPath(file)}:${frame.getLineNumber()}:${frame.getColumnNumber()}`)}${withIn ? inside : ''}`;
  }
  return withIn ? inside : '';
}

// ---- a stream becomes known ----

class Registration {
  constructor(state, late) {
    this.state = state;
    this.target = undefined; // the stream, as it was last called
    this.late = late;
    this.head = ''; // empty until its `new` is written
    this.ending = -1; // the depth at which its end() runs
    this.finalSeen = this.destroySeen = this.constructSeen = false;
    this._write = this._writev = this._final = this._destroy = this._construct = undefined; // the wrappers last seen in place
    this.callbacks = undefined; // the wrappers of functions that more than one stream was given
    this.sinkCallback = sinkCallback(this, state);
  }
}

function register(state, late) {
  const reg = new Registration(state, late);
  defineProperty(state, REG, { value: reg });
  return reg;
}

// The state is assigned once, by the constructor: the one place that all streams pass, whatever their class.
function hookState(proto) {
  defineProperty(proto, '_writableState', {
    configurable: true,
    enumerable: false,
    get() {
      return undefined;
    },
    set(state) {
      defineProperty(this, '_writableState', { value: state, writable: true, enumerable: true, configurable: true });
      if (!on || !state || typeof state !== 'object') return;
      try {
        register(state, false);
        if (typeof this._construct === 'function') guardConstruct(this, this._construct, getOwnPropertyDescriptor(this, '_construct'));
      } catch (error) {
        fail(error);
      }
    },
  });
  // Nobody has a `_construct` unless given one; what the constructor assigns from its options comes by here.
  defineProperty(proto, '_construct', {
    configurable: true,
    enumerable: false,
    get() {
      return undefined;
    },
    set(value) {
      setConstruct(this, value);
    },
  });
}

function setConstruct(target, value) {
  const state = getOwnPropertyDescriptor(target, '_writableState');
  const known = on && state && state.value && state.value[REG] && typeof value === 'function';
  defineProperty(target, '_construct', { value: known ? wrap('_construct', value) : value, writable: true, enumerable: true, configurable: true });
}

// Inherited, or assigned before the state was: Node 18 assigns it twice in a Duplex, so what is assigned later is wrapped as well.
function guardConstruct(target, value, own) {
  const wrapper = own ? wrap('_construct', value) : inherit('_construct', getPrototypeOf(target));
  defineProperty(target, '_construct', {
    configurable: true,
    enumerable: own ? own.enumerable : false,
    get() {
      return wrapper;
    },
    set(next) {
      setConstruct(target, next);
    },
  });
}

function born(target, reg) {
  const state = reg.state;
  let name = '';
  try {
    name = target.constructor.name;
  } catch {
    // A class may do as it likes.
  }
  reg.head = `,"s":${++streams},"ev":"`;
  const yes = (key, value) => `,"${key}":${value ? 'true' : 'false'}`;
  const known = (fn, key) => typeof fn === 'function' && fn !== Writable.prototype[key];
  let rest = `new","class":${quote(name)}${yes('duplex', target._readableState)},"high_water_mark":${state.highWaterMark}` +
    yes('object_mode', state.objectMode) + yes('decode_strings', state.decodeStrings !== false) + yes('emit_close', state.emitClose) +
    yes('auto_destroy', state.autoDestroy) + yes('has_write', known(target._write, '_write')) +
    yes('has_writev', target._writev) + yes('has_final', typeof target._final === 'function') +
    yes('has_construct', state.constructed === false) + yes('own_destroy', target.destroy !== patched.get(Writable.prototype).destroy && target.destroy !== patched.get(Duplex.prototype).destroy);
  if (state.writable === false) rest += ',"writable":false';
  if (reg.late) {
    rest += `,"late":true,"len":${state.length},"corked":${state.corked}` + yes('ending', state.ending) + yes('finished', state.finished) +
      yes('destroyed', state.destroyed) + yes('closed', state.closed) + yes('need_drain', state.needDrain);
  }
  line(reg, rest);
}

// What every hook begins with: the registration, with its `new` written and its functions wrapped, or nothing if this is not to be recorded.
function enter(target) {
  try {
    const state = target === undefined || target === null ? null : target._writableState;
    if (state === undefined || state === null || typeof state !== 'object') return null;
    const reg = state[REG] || register(state, true);
    leaving = 0;
    if (depth === 0) tick();
    reg.target = target;
    if (reg.head === '') born(target, reg);
    arm(target, reg);
    return reg;
  } catch (error) {
    fail(error);
    return null;
  }
}

// ---- the functions that a stream calls: _write, _writev, _final, _destroy, _construct ----

const wrappers = new WeakSet();
const owned = { _write: new WeakMap(), _writev: new WeakMap(), _final: new WeakMap(), _destroy: new WeakMap(), _construct: new WeakMap() };
const inherited = new WeakMap();

// They may be assigned or redefined at any time, and the stream looks them up at each call: so does every hook that can lead to one.
function arm(target, reg) {
  if (target._write !== reg._write) place(target, reg, '_write');
  if (target._writev !== reg._writev) place(target, reg, '_writev');
  if (target._final !== reg._final) place(target, reg, '_final');
  if (target._destroy !== reg._destroy) place(target, reg, '_destroy');
}

function place(target, reg, key) {
  const fn = target[key];
  reg[key] = fn;
  if (typeof fn !== 'function' || wrappers.has(fn)) return;
  const own = getOwnPropertyDescriptor(target, key);
  if (own !== undefined && own.value !== fn) return;
  // An inherited one is shadowed, so that `super` reaches it untouched; hidden, so that an inspected stream looks as it did.
  const wrapper = own ? wrap(key, fn) : inherit(key, getPrototypeOf(target));
  if (wrapper === null) return;
  const enumerable = own ? own.enumerable : false;
  if (defineProperty(target, key, { value: wrapper, writable: own ? own.writable : true, configurable: own ? own.configurable : true, enumerable })) reg[key] = wrapper;
}

// One wrapper for a function, so that what was one function stays one.
function wrap(key, fn) {
  if (wrappers.has(fn)) return fn;
  let wrapper = owned[key].get(fn);
  if (wrapper === undefined) owned[key].set(fn, wrapper = make(key, { [key]: fn }));
  return wrapper;
}

// Looks the function up at each call, as the shadowed property would have; null if a getter makes it, which must see its own `this`.
function inherit(key, proto) {
  let known = inherited.get(proto);
  if (known === undefined) inherited.set(proto, known = {});
  if (known[key] === undefined) {
    let holder = proto;
    let found;
    while (holder && !(found = getOwnPropertyDescriptor(holder, key))) holder = getPrototypeOf(holder);
    known[key] = found && found.get && key !== '_construct' ? null : make(key, proto);
  }
  return known[key];
}

function make(key, holder) {
  const wrapper = key === '_write' || key === '_writev' ? sinkWrapper(holder, key, key === '_writev') : stepWrapper(holder, key);
  defineProperty(wrapper, 'name', { value: holder[key].name, configurable: true });
  defineProperty(wrapper, 'length', { value: holder[key].length, configurable: true });
  wrappers.add(wrapper);
  return wrapper;
}

function registered(target) {
  const state = on && target && target._writableState;
  return (state && state[REG]) || null;
}

// A call is the stream's own if it brings the stream's own callback; `super._write()` and a call by hand bring another.
function sinkWrapper(holder, key, v) {
  return function (chunk, encoding, callback) {
    const reg = registered(this);
    if (reg === null || (v ? encoding : callback) !== reg.state.onwrite) return apply(holder[key], this, arguments);
    let done = false;
    openSink(reg, chunk, v);
    try {
      const result = v ? holder[key].call(this, chunk, reg.sinkCallback) : holder[key].call(this, chunk, encoding, reg.sinkCallback);
      done = true;
      return result;
    } finally {
      closeSink(reg, done);
    }
  };
}

function openSink(reg, chunk, v) {
  depth++;
  if (!on) return;
  try {
    leaving = 0;
    const size = reg.state.objectMode ? () => 1 : (one) => one.length;
    line(reg, v ? `sink","v":true,"lens":[${chunk.map((one) => size(one.chunk)).join()}]` : `sink","v":false,"lens":[${size(chunk)}]`);
  } catch (error) {
    fail(error);
  }
}

function closeSink(reg, done) {
  depth--;
  if (!on) return;
  try {
    tick();
    line(reg, done ? 'sink/r"' : `sink/r"${leftField()}`);
  } catch (error) {
    fail(error);
  }
}

function sinkCallback(reg, state) {
  return function onwrite(error) {
    openCallback(reg, 'sinkcb', error);
    let done = false;
    try {
      state.onwrite(error);
      done = true;
    } finally {
      closeCall(reg, 'sinkcb/r', done);
    }
  };
}

function openCallback(reg, ev, error) {
  depth++;
  if (!on) return;
  try {
    leaving = 0;
    if (depth === 1) tick();
    arm(reg.target, reg); // what follows may call them
    line(reg, error ? `${ev}"${describe('err', error)}` : `${ev}"`);
  } catch (failure) {
    fail(failure);
  }
}

function closeCall(reg, ev, done, extra) {
  depth--;
  if (!on) return;
  try {
    if (done) leaving = 0;
    line(reg, `${ev}"${done ? extra || '' : leftField()},"len":${reg.state.length}`);
  } catch (error) {
    fail(error);
  }
}

const STEPS = {
  _construct: { ev: 'construct', at: 0, seen: 'constructSeen', due: (state) => state.constructed === false },
  _final: { ev: 'final', at: 0, seen: 'finalSeen', due: (state) => state.finalCalled },
  _destroy: { ev: 'destroyfn', cb: 'destroycb', at: 1, seen: 'destroySeen', due: (state) => state.destroyed },
};

// The stream calls each of these once, in a state that says so; all other calls are made by hand. Node catches what they throw, so here it
// may be looked at.
function stepWrapper(holder, key) {
  const { ev, cb, at, seen, due } = STEPS[key];
  return function (...given) {
    let reg = registered(this);
    if (reg === null || reg[seen] || !due(reg.state) || typeof given[at] !== 'function' || (reg = enter(this)) === null) {
      return apply(holder[key], this, given);
    }
    reg[seen] = true;
    given[at] = stepCallback(reg, cb || `${ev}cb`, given[at]);
    openCall(reg, ev, at === 1 ? errorField(given[0]) : '');
    try {
      const result = apply(holder[key], this, given);
      closeStep(reg, `${ev}/r"`);
      return result;
    } catch (error) {
      closeStep(reg, `${ev}/r"`, error, true);
      throw error;
    }
  };
}

function closeStep(reg, rest, error, threw) {
  depth--;
  if (!on) return;
  try {
    tick();
    line(reg, threw ? rest + describe('throw', error, leaving) : rest);
    leaving = 0;
  } catch (failure) {
    fail(failure);
  }
}

function stepCallback(reg, ev, callback) {
  return function (error) {
    openCallback(reg, ev, error);
    let done = false;
    try {
      const result = apply(callback, this, arguments);
      done = true;
      return result;
    } finally {
      closeCall(reg, `${ev}/r`, done);
    }
  };
}

// ---- the functions that the user gives to write and end ----

function numbered(fn) {
  let info = functions.get(fn);
  if (info === undefined) functions.set(fn, info = { id: ++functionCount, reg: null, ev: '', wrapper: null });
  return info;
}

// One function stays one function: Node runs completions in a row that have the same callback in one tick.
function callbackWrapper(reg, ev, fn, info) {
  if (info.reg === reg && info.ev === ev) return info.wrapper;
  if (info.reg === null) {
    info.reg = reg;
    info.ev = ev;
    return (info.wrapper = userCallback(reg, ev, fn, info.id));
  }
  if (reg.callbacks === undefined) reg.callbacks = { wcb: new WeakMap(), ecb: new WeakMap() };
  let wrapper = reg.callbacks[ev].get(fn);
  if (wrapper === undefined) reg.callbacks[ev].set(fn, wrapper = userCallback(reg, ev, fn, info.id));
  return wrapper;
}

function userCallback(reg, ev, fn, id) {
  return function (error) {
    openUserCallback(reg, ev, id, error, arguments.length);
    let done = false;
    try {
      const result = apply(fn, this, arguments);
      done = true;
      return result;
    } finally {
      closePlain(reg, ev === 'wcb' ? 'wcb/r"' : 'ecb/r"', done);
    }
  };
}

function openUserCallback(reg, ev, id, error, argc) {
  depth++;
  if (!on) return;
  try {
    leaving = 0;
    if (depth === 1) tick();
    line(reg, `${ev}","cb":${id}${error ? describe('err', error) : ''},"argc":${argc}`);
  } catch (failure) {
    fail(failure);
  }
}

function closePlain(reg, rest, done) {
  depth--;
  if (!on) return;
  try {
    if (done) leaving = 0;
    line(reg, done ? rest : rest + leftField());
  } catch (error) {
    fail(error);
  }
}

// ---- the functions that the user calls ----

const NULL = -1, TYPE = -2, ENCODING = -3;

// The size of a chunk as the stream will count it, or why write will throw, tested in the order in which this version of Node tests.
function sizeOf(state, chunk, encoding) {
  const named = encoding && typeof encoding !== 'function' ? encoding : null;
  const unknown = named !== null && named !== 'buffer' && !Buffer.isEncoding(named);
  if (major < 20 && unknown) return ENCODING;
  if (chunk === null) return NULL;
  if (state.objectMode) return 1;
  if (unknown) return ENCODING;
  if (typeof chunk === 'string') {
    const used = named || state.defaultEncoding;
    if (used === 'buffer' && (major >= 24 || state.decodeStrings)) return ENCODING;
    if (!state.decodeStrings) return chunk.length;
    // byteLength only estimates what base64 and hex will come to.
    return used === 'utf8' ? Buffer.byteLength(chunk) : Buffer.from(chunk, used).length;
  }
  if (chunk instanceof Buffer) return chunk.length;
  return (major < 20 ? chunk instanceof Uint8Array : ArrayBuffer.isView(chunk)) ? chunk.byteLength : TYPE;
}

const REASONS = { [NULL]: 'null', [TYPE]: 'type', [ENCODING]: 'encoding' };

// Writes the line of a `write` or `end`, and returns what to pass on as its callback.
function openWrite(reg, ev, chunk, encoding, callback, chunked) {
  depth++;
  if (!on) return callback;
  try {
    const info = typeof callback === 'function' ? numbered(callback) : null;
    const size = chunked ? sizeOf(reg.state, chunk, encoding) : 0;
    const length = chunked ? `,"len":${size < 0 ? 0 : size}` : '';
    line(reg, `${ev}"${length},"cb":${info ? info.id : 0}${size < 0 ? `,"arg":"${REASONS[size]}"` : ''}${sites ? site(true) : ''}`);
    return info ? callbackWrapper(reg, ev === 'write' ? 'wcb' : 'ecb', callback, info) : callback;
  } catch (error) {
    fail(error);
    return callback;
  }
}

function openCall(reg, ev, rest) {
  depth++;
  if (!on) return;
  try {
    line(reg, `${ev}"${rest}`);
  } catch (error) {
    fail(error);
  }
}

const patched = new Map();

function calls(up) {
  return {
    write(chunk, encoding, cb) {
      const reg = on ? enter(this) : null;
      if (reg === null) return apply(up.write, this, arguments);
      let done = false;
      let result;
      const second = typeof encoding === 'function';
      const callback = openWrite(reg, 'write', chunk, encoding, second ? encoding : cb, true);
      try {
        result = second ? up.write.call(this, chunk, callback) : up.write.call(this, chunk, encoding, callback);
        done = true;
        return result;
      } finally {
        closeCall(reg, 'write/r', done, result ? ',"ret":true' : ',"ret":false');
      }
    },
    end(chunk, encoding, cb) {
      const reg = on ? enter(this) : null;
      if (reg === null) return apply(up.end, this, arguments);
      let done = false;
      const at = typeof chunk === 'function' ? 0 : typeof encoding === 'function' ? 1 : 2;
      const given = [chunk, encoding, cb];
      const before = reg.ending;
      given[at] = openWrite(reg, 'end', chunk, encoding, given[at], at > 0 && chunk !== undefined && chunk !== null);
      reg.ending = depth;
      try {
        const result = apply(up.end, this, given);
        done = true;
        return result;
      } finally {
        reg.ending = before;
        closeCall(reg, 'end/r', done);
      }
    },
    emit(name, value) {
      switch (name) {
        case 'drain': case 'prefinish': case 'finish': case 'error': case 'close': case 'pipe': case 'unpipe': break;
        default: return apply(up.emit, this, arguments);
      }
      const reg = on ? enter(this) : null;
      if (reg === null) return apply(up.emit, this, arguments);
      let done = false;
      let heard = true;
      openCall(reg, 'emit', emitFields(this, reg, name, value));
      try {
        const result = apply(up.emit, this, arguments);
        heard = !!result;
        done = true;
        return result;
      } finally {
        closeEmit(this, reg, name, value, done, heard);
      }
    },
    cork: simple(up, 'cork'),
    uncork: simple(up, 'uncork'),
    destroy: simple(up, 'destroy'),
    _undestroy: simple(up, '_undestroy'),
  };
}

function emitFields(target, reg, name, value) {
  try {
    let rest = `,"name":"${name}"`;
    if (name === 'error') rest += errorField(value);
    const readable = target._readableState;
    if (name === 'finish' && readable) {
      rest += `,"readable_done":${!!(readable.autoDestroy && (readable.endEmitted || readable.readable === false))}`;
    }
    return name === 'pipe' && sites ? rest + site(false) : rest;
  } catch (error) {
    fail(error);
    return '';
  }
}

function closeEmit(target, reg, name, error, done, heard) {
  depth--;
  if (!on) return;
  try {
    const unheard = !done && name === 'error' && target.listenerCount('error') === 0;
    const left = done ? '' : unheard && error instanceof Error ? describe('throw', error, (leaving = errorId(error))) : leftField();
    if (done) leaving = 0;
    line(reg, `emit/r"${left},"heard":${heard && !unheard}`);
  } catch (failure) {
    fail(failure);
  }
}

function simple(up, key) {
  const ev = key === '_undestroy' ? 'undestroy' : key;
  const call = function (error, cb) {
    const reg = on ? enter(this) : null;
    // end() uncorks by the method; that is its own doing and no call of the user's.
    if (reg === null || (key === 'uncork' && reg.ending === depth)) return apply(up[key], this, arguments);
    let done = false;
    let rest = '';
    if (key === '_undestroy') reg.finalSeen = reg.destroySeen = false;
    if (key === 'destroy') rest = destroyFields(error);
    openCall(reg, ev, rest);
    try {
      const result = apply(up[key], this, arguments);
      done = true;
      return result;
    } finally {
      closeCall(reg, `${ev}/r`, done);
    }
  };
  defineProperty(call, 'length', { value: key === 'destroy' ? 2 : 0, configurable: true });
  return call;
}

function destroyFields(error) {
  try {
    return errorField(error) + (sites ? site(true) : '');
  } catch (failure) {
    fail(failure);
    return '';
  }
}

function patch(proto) {
  const up = {};
  const made = calls(up);
  for (const key of Object.keys(made)) {
    const own = getOwnPropertyDescriptor(proto, key);
    // What is only inherited is looked up at each call: others may replace it.
    defineProperty(up, key, own ? { value: own.value } : { get: () => getPrototypeOf(proto)[key] });
    const was = proto[key];
    defineProperty(made[key], 'name', { value: was.name, configurable: true });
    defineProperty(made[key], 'length', { value: was.length, configurable: true });
    defineProperty(proto, key, { value: made[key], writable: true, configurable: true, enumerable: own ? own.enumerable : false });
  }
  patched.set(proto, made);
}

// ---- the end of the process ----

function finish(code, natural) {
  if (!on) return;
  try {
    tick();
    line({ head: ',"ev":"' }, `quiesce","code":${code},"natural":${natural}`);
    flush();
  } catch (error) {
    fail(error);
  }
  on = false;
}

// The last line comes after the program's own 'exit' listeners, of which one may exit again.
function hookProcess() {
  const { reallyExit } = process;
  const emit = function emit(name, value) {
    if (name === 'uncaughtExceptionMonitor' && leaving) errorId(value, leaving);
    if (name !== 'exit' || !on) return apply(getPrototypeOf(process).emit, this, arguments);
    let done = false;
    let natural = false;
    try {
      natural = frames().every((frame) => frame.getFileName() === __filename);
    } catch (error) {
      fail(error);
    }
    try {
      const result = apply(getPrototypeOf(process).emit, this, arguments);
      done = true;
      return result;
    } finally {
      finish(done ? process.exitCode ?? value ?? 0 : 1, natural && done);
    }
  };
  defineProperty(process, 'emit', { value: emit, writable: true, configurable: true, enumerable: false });
  process.reallyExit = function (code) {
    finish(code ?? 0, false);
    return apply(reallyExit, this, arguments);
  };
}

function start(dir) {
  if (getOwnPropertyDescriptor(Writable.prototype, '_writableState')) return; // another copy of this file is at it
  try {
    open(dir);
  } catch (error) {
    say(`not recording: ${error.message}`);
    return;
  }
  for (const proto of [Writable.prototype, Duplex.prototype]) {
    patch(proto);
    hookState(proto);
  }
  hookProcess();
  // A process that is killed has no last moment to write in.
  setInterval(() => {
    try {
      if (on && out !== '') flush();
    } catch (error) {
      fail(error);
    }
  }, 200).unref();
  on = true;
}

if (process.env.HIGHWATER_TRACE) start(process.env.HIGHWATER_TRACE);
