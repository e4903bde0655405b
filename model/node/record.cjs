'use strict';
// The recorder of Node programs: `HIGHWATER_TRACE=dir node --require ./record.cjs program.js` writes what each writable stream of the process
// does into `dir`, one file a process and thread, in the format of docs/TRACE.md; HIGHWATER_SITES=1 adds who called.
//
// The program must not notice. So no exception is caught and thrown again where it could end the program (Node then prints the place of the
// last `throw`), no tick is added, a function that Node compares or tests for presence stays one function or stays absent, and an exception of
// the recorder's own ends the recording and not the program. What remains to be seen are its frames in a stack.

const fs = require('fs');
const path = require('path');
const { Writable, Duplex } = require('stream');

const { writeSync } = fs;
const { apply, getPrototypeOf, defineProperty, getOwnPropertyDescriptor } = Reflect;
const { hrtime, nextTick } = process;
const major = parseInt(process.versions.node, 10);
const sites = process.env.HIGHWATER_SITES === '1';
const REG = Symbol('highwater');

let on = false;
let depth = 0; // recorded calls that have not returned

// ---- the file ----

// Each line is filled up with spaces to a multiple of 4 bytes: one that says what the stream's last of its kind said is copied by words, with
// the last digits of its numbers renewed. (Words of 8 bytes would be numbers that code not yet optimised allocates.)
const SIZE = 1 << 16;
const words = new Int32Array(SIZE / 4);
const bytes = Buffer.from(words.buffer);
let used = 0;
let fd = -1;
let streams = 0;
let n = 0, nLow = 0, nWidth = 0;
let seconds = 0, nanos = 0, tLow = 0, tMiddle = 0, tHigh = -1, tWidth = 1;
let generation = 0; // changes with all digits of a number but its last
const DIGITS = Buffer.from(Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0')).join(''));
const [second0, nano0] = hrtime();

// Node's own recursion does not end where a parent is there and takes no directory, as in /proc.
function makeDirectory(dir) {
  if (fs.existsSync(dir)) return;
  if (path.dirname(dir) !== dir) makeDirectory(path.dirname(dir));
  try {
    fs.mkdirSync(dir);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function open(dir) {
  const { threadId } = require('worker_threads');
  makeDirectory(path.resolve(dir));
  // Process ids come again: the trace of an earlier run stays.
  for (let again = 0; fd < 0; again++) {
    try {
      fd = fs.openSync(path.join(dir, `${process.pid}-${threadId}${again ? `-${again}` : ''}.jsonl`), 'wx');
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
  const started = new Date().toISOString();
  put(`{"highwater":1,"source":"node ${process.versions.node}","started":"${started}","pid":${process.pid},"thread":${threadId}}`);
  flush();
}

function writeAll(data) {
  for (let rest = data; rest.length > 0;) rest = rest.subarray(writeSync(fd, rest));
}

function flush() {
  const full = bytes.subarray(0, used);
  used = 0;
  writeAll(full);
}

const filled = (text) => `${text}${' '.repeat(3 - (text.length & 3))}\n`;

function put(text) {
  const whole = filled(text);
  if (used + whole.length > SIZE) flush();
  if (whole.length > SIZE) writeAll(Buffer.from(whole, 'latin1'));
  else used += bytes.latin1Write(whole, used);
}

function say(text) {
  try {
    writeSync(2, `highwater: ${text}\n`);
  } catch {
    // Nobody is there to be told.
  }
}

function fail(error) {
  if (on) say(`recording stopped, the program goes on: ${error && error.message}`);
  on = false;
}

// The clock is read where the stack of recorded calls begins: reading it costs more than a line.
function tick() {
  const now = hrtime();
  seconds = now[0] - second0;
  nanos = now[1] - nano0;
  if (nanos < 0) {
    seconds--;
    nanos += 1e9;
  }
  const micros = (nanos / 1000) | 0;
  tLow = nanos - micros * 1000;
  const millis = (micros / 1000) | 0;
  tMiddle = micros - millis * 1000;
  if (millis + seconds * 1000 === tHigh) return;
  tHigh = millis + seconds * 1000;
  tWidth = String(seconds * 1e9 + nanos).length;
  generation++;
}

// The program's own ticks are not seen, but whether some can have run is: a tick of the recorder's own, queued where a turn is first recorded,
// runs before all that are queued later in that turn.
const TURN = { head: ',"ev":"tick"' };
let turnOpen = false;

function begin() {
  tick();
  if (turnOpen) return;
  turnOpen = true;
  nextTick(endTurn);
}

function endTurn() {
  turnOpen = false;
  line(TURN, '');
}

function count() {
  n++;
  if (++nLow < 1000) return;
  nLow = 0;
  nWidth = String(n).length;
  generation++;
}

function stamped(reg, rest) {
  return `{"n":${n},"t":${seconds * 1e9 + nanos}${reg.head}${rest}}`;
}

function line(reg, rest) {
  if (!on) return;
  try {
    if (held > 0) release();
    leaving = 0;
    count();
    put(stamped(reg, rest));
  } catch (error) {
    fail(error);
  }
}

const WRITE = 0, WRITE_R = 1, SINK = 2, SINK_R = 3, SINKCB = 4, SINKCB_R = 5, WCB = 6, WCB_R = 7, PLAIN = 8;
const SHAPES = [
  (a, b) => `write","len":${a},"cb":${b}`,
  (a, b) => `write/r","ret":${b === 1},"len":${a}`,
  (a) => `sink","v":false,"lens":[${a}]`,
  () => 'sink/r"',
  () => 'sinkcb"',
  (a) => `sinkcb/r","len":${a}`,
  (a, b) => `wcb","cb":${a},"argc":${b}`,
  () => 'wcb/r"',
  (a, b) => `plain","len":${a},"ret":${b % 2 === 1},"after":${(b - (b % 2)) / 2}`,
];

// A write without a callback, of a chunk that the sink takes and calls back for within the call, makes six lines that say little: they are held
// back, and become one if nothing comes between.
const PLAIN_LINES = [WRITE, SINK, SINKCB, SINKCB_R, SINK_R, WRITE_R];
let held = 0; // how many of them
let heldReg, heldSize, heldLength;

function fast(reg, shape, a, b) {
  if (!on) return;
  leaving = 0;
  if (held > 0) {
    const next = PLAIN_LINES[held];
    if (reg === heldReg && shape === next && (shape !== SINK || a === heldSize) && (shape !== WRITE_R || a === heldLength)) {
      if (shape === SINKCB_R) heldLength = a;
      if (++held < PLAIN_LINES.length) return;
      held = 0;
      emit(reg, PLAIN, heldSize, heldLength * 2 + b);
      return;
    }
    release();
  }
  if (shape === WRITE && b === 0) {
    held = 1;
    heldReg = reg;
    heldSize = a;
  } else emit(reg, shape, a, b);
}

function release() {
  const count = held;
  held = 0;
  for (let at = 0; at < count; at++) {
    const shape = PLAIN_LINES[at];
    emit(heldReg, shape, shape === SINKCB_R ? heldLength : shape === WRITE || shape === SINK ? heldSize : 0, 0);
  }
}


// The lines of each write, where a tight loop spends its time.
function emit(reg, shape, a, b) {
  try {
    count();
    const memo = reg.memos[shape];
    if (memo === undefined || memo.a !== a || memo.b !== b || memo.generation !== generation) {
      remember(reg, shape, a, b);
      return;
    }
    const { copy } = memo;
    const { length } = copy;
    if (used + length * 4 > SIZE) flush();
    words.set(copy, used >> 2);
    digits(used + 2 + nWidth, nLow);
    digits(used + 4 + nWidth + tWidth, tMiddle);
    digits(used + 7 + nWidth + tWidth, tLow);
    used += length * 4;
  } catch (error) {
    fail(error);
  }
}

// A line is kept when it comes again: in a program whose numbers are never twice the same that would be for nothing. The first thousand events
// have too few digits.
function remember(reg, shape, a, b) {
  const memo = (reg.memos[shape] ||= { a: -1, b: -1, generation: -1, copy: undefined });
  const text = stamped(reg, SHAPES[shape](a, b));
  if (memo.a === a && memo.b === b && nWidth > 3 && tWidth > 6) {
    memo.copy = new Int32Array((text.length >> 2) + 1);
    Buffer.from(memo.copy.buffer).latin1Write(filled(text));
    memo.generation = generation;
  } else memo.generation = -1;
  memo.a = a;
  memo.b = b;
  put(text);
}

function digits(at, value) {
  bytes[at] = DIGITS[value * 3];
  bytes[at + 1] = DIGITS[value * 3 + 1];
  bytes[at + 2] = DIGITS[value * 3 + 2];
}

// ---- values ----

function quote(value) {
  return JSON.stringify(String(value)).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const objectIds = new WeakMap();
const valueIds = new Map();
let errorCount = 0;
let leaving = 0; // the id of an exception on its way out through recorded calls

function errorId(error, id) {
  const ids = (typeof error === 'object' && error !== null) || typeof error === 'function' ? objectIds : valueIds;
  if (!ids.has(error)) ids.set(error, id || ++errorCount);
  return ids.get(error);
}

function describe(key, error, id) {
  const said = { id: errorId(error, id), name: typeof error, message: '' };
  try {
    if (typeof error === 'object' && error !== null) {
      said.name = String(error.name);
      if (error.code !== undefined && error.code !== null) said.code = String(error.code);
      said.message = String(error.message ?? '').slice(0, 200);
    } else said.message = String(error).slice(0, 200);
  } catch {
    // An error may be anything, even one that fails to be read.
  }
  const code = said.code === undefined ? '' : `,"code":${quote(said.code)}`;
  return `,"${key}":{"id":${said.id},"name":${quote(said.name)}${code},"message":${quote(said.message)}}`;
}

const errField = (error) => (error ? describe('err', error) : '');

// What left a call was not caught, so only this is known: calls around it that end in turn are left by the same.
function left(reg, rest, after) {
  const id = leaving || ++errorCount;
  line(reg, `${rest},"throw":{"id":${id},"name":"","message":""}${after}`);
  leaving = id;
}

// ---- who called ----

function frames(above = frames, limit = 40) {
  const held = ['stackTraceLimit', 'prepareStackTrace'].map((key) => [key, getOwnPropertyDescriptor(Error, key)]);
  const holder = {};
  try {
    defineProperty(Error, 'stackTraceLimit', { value: limit, writable: true, enumerable: true, configurable: true });
    defineProperty(Error, 'prepareStackTrace', { value: (_, list) => list, writable: true, enumerable: true, configurable: true });
    Error.captureStackTrace(holder, above);
    return Array.isArray(holder.stack) ? holder.stack.filter((frame) => frame.getFileName() !== __filename) : [];
  } finally {
    for (const [key, was] of held) was ? defineProperty(Error, key, was) : delete Error[key];
  }
}

// The innermost line that is not Node's own, and behind it the first other line that called that: a program's helper has many callers.
function site(withIn) {
  if (!sites) return '';
  let inside = '';
  let at = '';
  try {
    let line;
    for (const frame of frames()) {
      const file = frame.getFileName();
      if (!file) continue;
      if (file.startsWith('node:')) {
        if (withIn && at === '') inside ||= `,"in":${quote(file)}`;
        continue;
      }
      const plain = file.startsWith('file:') ? require('url').fileURLToPath(file) : file;
      const here = `${plain}:${frame.getLineNumber()}`;
      const place = quote(`${here}:${frame.getColumnNumber()}`);
      if (at === '') at = `,"at":${place}`;
      else if (here !== line) return `${at}${inside},"from":${place}`;
      line = here;
    }
  } catch (error) {
    fail(error);
  }
  return at + inside;
}

// ---- a stream becomes known ----

class Registration {
  constructor(state, late) {
    this.state = state;
    this.late = late;
    this.target = undefined; // the stream
    this.head = ''; // until its `new` is written
    this.ending = -1; // the depth at which its end() runs
    this.writing = -1; // the depth at which its write() or end() runs
    this.memos = new Array(SHAPES.length).fill(undefined);
    this._write = this._writev = this._final = this._destroy = this._construct = undefined; // as last seen in place
    this.watched = false; // the readable side may find that it has failed
    this.errored = null; // what for, as last seen
    this.unbuilt = false; // construction was still to be done when it became known
    this.seen = { __proto__: null }; // steps that the stream has called
    this.callbacks = undefined; // wrappers of functions that other streams were given too
    this.onwrite = sinkCallback(this, state);
    this.waiter = undefined; // what stands for it among those that somebody waits for
    defineProperty(state, REG, { value: this });
  }
}

const NEW = { writable: true, enumerable: true, configurable: true };

// The state is assigned once, by the constructor: the one place that all streams pass, whatever their class. `_construct` is looked up before
// the constructor is done; nobody has one unless given it, and what comes from the options is assigned too.
function hookConstruction(proto) {
  const hidden = { configurable: true, enumerable: false, get: () => undefined };
  defineProperty(proto, '_writableState', {
    ...hidden,
    set(state) {
      defineProperty(this, '_writableState', { ...NEW, value: state });
      if (!on || !state || typeof state !== 'object') return;
      try {
        new Registration(state, false);
        if (typeof this._construct === 'function') guardConstruct(this, getOwnPropertyDescriptor(this, '_construct'));
      } catch (error) {
        fail(error);
      }
    },
  });
  defineProperty(proto, '_construct', { ...hidden, set: setConstruct });
  if (major >= 20 || proto !== Duplex.prototype) return;
  // In Node 18 the readable side of a Duplex, which is made first, asks for `_construct`.
  defineProperty(proto, '_readableState', {
    ...hidden,
    set(value) {
      defineProperty(this, '_readableState', { ...NEW, value });
      nextTick(() => {
        const reg = registered(this);
        if (reg !== null) rearm(this, reg);
      });
    },
  });
}

function setConstruct(value) {
  const own = getOwnPropertyDescriptor(this, '_writableState');
  const known = on && own && own.value && own.value[REG] && typeof value === 'function';
  defineProperty(this, '_construct', { ...NEW, value: known ? wrap('_construct', value) : value });
  if (known) nextTick(rearm, this, own.value[REG]);
}

// It may be assigned once more after the constructor, and is called in a tick that is queued after this one.
function rearm(target, reg) {
  try {
    if (on && !reg.seen._construct) place(target, reg, '_construct');
  } catch (error) {
    fail(error);
  }
}

// Inherited, or assigned before the state was, as in a Duplex of Node 18, which assigns it once more.
function guardConstruct(target, own) {
  const wrapper = own ? wrap('_construct', target._construct) : inherit('_construct', getPrototypeOf(target));
  if (wrapper === null) return;
  defineProperty(target, '_construct', { configurable: true, enumerable: !!own && own.enumerable, get: () => wrapper, set: setConstruct });
}

// Standard output and error are sockets, files or terminals. A socket has its `fd` only after its first event, its handle before.
function standard(target) {
  try {
    const fd = target.fd ?? (target._handle && target._handle.fd);
    return fd === 1 || fd === 2 ? `,"fd":${fd}` : '';
  } catch {
    return '';
  }
}

function born(target, reg) {
  const { state } = reg;
  let name = '';
  try {
    name = target.constructor.name;
  } catch {
    // A class may do as it likes.
  }
  const flags = (given) => Object.entries(given).map(([key, value]) => `,"${key}":${value ? 'true' : 'false'}`).join('');
  // A signal that was aborted already destroys the stream before its constructor has asked for `_construct`.
  const unbuilt = (reg.unbuilt = reg.late ? state.constructed === false : typeof target._construct === 'function');
  reg.watched = !!target._readableState && state.autoDestroy === false;
  reg.head = `,"s":${++streams},"ev":"`;
  line(reg, `new","class":${quote(name)},"high_water_mark":${state.highWaterMark}${flags({
    duplex: target._readableState,
    object_mode: state.objectMode,
    decode_strings: state.decodeStrings,
    emit_close: state.emitClose,
    auto_destroy: state.autoDestroy,
    has_write: typeof target._write === 'function' && target._write !== Writable.prototype._write,
    has_writev: target._writev,
    has_final: typeof target._final === 'function',
    has_construct: unbuilt,
    ...(unbuilt && state.constructed !== false ? { registered: false } : {}),
    own_destroy: !destroys.has(target.destroy),
    ...(state.writable === false ? { writable: false } : {}),
    ...(reg.late ? { late: true, ending: state.ending, finished: state.finished, destroyed: state.destroyed, closed: state.closed, need_drain: state.needDrain } : {}),
  })}${standard(target)}${reg.late ? `,"len":${state.length},"corked":${state.corked}` : ''}`);
}

// Each hook begins here: the registration, its `new` written and the stream's functions wrapped; null if this is not to be recorded.
function enter(target) {
  if (!on || target === undefined || target === null) return null;
  try {
    const state = target._writableState;
    if (state === undefined || state === null || typeof state !== 'object') return null;
    const reg = state[REG] || new Registration(state, true);
    if (depth === 0) begin();
    if (reg.head === '') {
      reg.target = target;
      born(target, reg);
    }
    arm(target, reg);
    if (reg.watched && state.errored !== reg.errored) errored(reg);
    return on ? reg : null;
  } catch (error) {
    fail(error);
    return null;
  }
}

// The readable side of a Duplex that does not destroy itself puts the error into the state of both sides and goes on.
function errored(reg) {
  reg.errored = reg.state.errored;
  if (reg.errored) line(reg, `errored"${errField(reg.errored)}`);
}

// ---- what the stream calls: _write, _writev, _final, _destroy, _construct ----

const wrappers = new WeakSet();
const owned = { _write: new WeakMap(), _writev: new WeakMap(), _final: new WeakMap(), _destroy: new WeakMap(), _construct: new WeakMap() };
const inherited = new WeakMap();

// They may be assigned or redefined at any time, and the stream looks them up at each call: so does every hook that can lead to one.
function arm(target, reg) {
  if (target._write !== reg._write) place(target, reg, '_write');
  if (target._writev !== reg._writev) place(target, reg, '_writev');
  if (target._final !== reg._final && !reg.seen._final) place(target, reg, '_final');
  if (target._destroy !== reg._destroy) place(target, reg, '_destroy');
}

function place(target, reg, key) {
  const fn = target[key];
  reg[key] = fn;
  if (typeof fn !== 'function' || wrappers.has(fn)) return;
  const own = getOwnPropertyDescriptor(target, key);
  if (own && own.value !== fn) return;
  // An inherited one is shadowed, so that `super` reaches it untouched; and hidden, so that an inspected stream looks as it did.
  const wrapper = own ? wrap(key, fn) : inherit(key, getPrototypeOf(target));
  if (wrapper && defineProperty(target, key, { ...(own || { ...NEW, enumerable: false }), value: wrapper })) reg[key] = wrapper;
}

// One wrapper for a function, so that what was one function stays one.
function wrap(key, fn) {
  if (wrappers.has(fn)) return fn;
  if (!owned[key].has(fn)) owned[key].set(fn, make(key, { [key]: fn }));
  return owned[key].get(fn);
}

// Looks the function up at each call, as the shadowed property would have been; null for a getter, which must see its own `this`.
function inherit(key, proto) {
  if (!inherited.has(proto)) inherited.set(proto, { __proto__: null });
  const made = inherited.get(proto);
  if (made[key] === undefined) {
    let found;
    for (let holder = proto; holder && !found; holder = getPrototypeOf(holder)) found = getOwnPropertyDescriptor(holder, key);
    made[key] = !found || found.get ? null : make(key, proto);
  }
  return made[key];
}

function alike(made, fn) {
  defineProperty(made, 'name', { value: fn.name, configurable: true });
  defineProperty(made, 'length', { value: fn.length, configurable: true });
  return made;
}

function make(key, holder) {
  const wrapper = alike(STEPS[key] ? stepWrapper(holder, key) : sinkWrapper(holder, key, key === '_writev'), holder[key]);
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
    if (depth === 0) begin();
    const unseen = !v && isUnseenWrite(reg);
    if (unseen) openWrite(reg, 'write', chunk, 'buffer', undefined, true);
    if (v) line(reg, `sink","v":true,"lens":[${chunk.map((one) => (reg.state.objectMode ? 1 : one.chunk.length)).join()}]`);
    else fast(reg, SINK, reg.state.objectMode ? 1 : chunk.length, 0);
    let done = false;
    depth++;
    try {
      const result = v ? holder[key].call(this, chunk, reg.onwrite) : holder[key].call(this, chunk, encoding, reg.onwrite);
      done = true;
      return result;
    } finally {
      depth--;
      if (done) fast(reg, SINK_R, 0, 0);
      else left(reg, 'sink/r"', '');
      if (unseen && done) line(reg, `write/r","len":${reg.state.length}`);
      else if (unseen) left(reg, 'write/r"', `,"len":${reg.state.length}`);
    }
  };
}

// From Node 26 on a pipe may hand a chunk to the sink without `write`, of a stream that has nothing else to do: not within a write, and not out
// of the queue. What `write` would have answered is not seen then.
function isUnseenWrite(reg) {
  return major >= 26 && reg.writing !== depth && reg.state.bufferedRequestCount === 0;
}

function sinkCallback(reg, state) {
  return function onwrite(error) {
    openCallback(reg, 'sinkcb', error);
    let done = false;
    depth++;
    try {
      state.onwrite(error);
      done = true;
    } finally {
      depth--;
      if (done) fast(reg, SINKCB_R, state.length, 0);
      else left(reg, 'sinkcb/r"', `,"len":${state.length}`);
    }
  };
}

function openCallback(reg, ev, error) {
  if (!on) return;
  if (depth === 0) begin();
  if (reg.target !== undefined) arm(reg.target, reg); // what follows may call them
  if (reg.watched && reg.state.errored !== reg.errored) errored(reg);
  if (error || ev !== 'sinkcb') line(reg, `${ev}"${errField(error)}`);
  else fast(reg, SINKCB, 0, 0);
}

const STEPS = {
  _construct: { ev: 'construct', cb: 'constructcb', at: 0, due: (state, reg) => reg.unbuilt || state.constructed === false },
  _final: { ev: 'final', cb: 'finalcb', at: 0, due: (state) => state.finalCalled },
  _destroy: { ev: 'destroyfn', cb: 'destroycb', at: 1, due: (state) => state.destroyed },
};

// The stream calls each of these once, in a state that says so; other calls are by hand. Node catches what they throw, so here it may be seen.
function stepWrapper(holder, key) {
  const { ev, cb, at, due } = STEPS[key];
  return function (...given) {
    let reg = registered(this);
    // Only after `_undestroy` can there be two calls of `_destroy`; the stream's own are known by the callback.
    const again = key === '_destroy' ? given[at]?.name !== 'onDestroy' : reg !== null && reg.seen[key];
    if (reg !== null && (again || !due(reg.state, reg) || typeof given[at] !== 'function')) reg = null;
    if (reg === null || (reg = enter(this)) === null) return apply(holder[key], this, given);
    reg.seen[key] = true;
    if (key === '_final') restore(this, reg, holder[key]);
    const callback = given[at];
    given[at] = function (error) {
      openCallback(reg, cb, error);
      return around(reg, cb, callback, this, arguments);
    };
    line(reg, `${ev}"${at === 1 ? errField(given[0]) : ''}`);
    depth++;
    try {
      const result = apply(holder[key], this, given);
      depth--;
      line(reg, `${ev}/r"`);
      return result;
    } catch (error) {
      depth--;
      line(reg, `${ev}/r"${describe('throw', error, leaving)}`);
      throw error;
    }
  };
}

// A Transform compares its `_final` with the one it would inherit, once that has been called.
function restore(target, reg, fn) {
  const own = getOwnPropertyDescriptor(target, '_final');
  if (own && own.value === reg._final) defineProperty(target, '_final', { ...own, value: fn });
}

// Each producer that has stopped at the same line has a listener. More than the program says there may be are a leak.
function listening(target) {
  try {
    const waits = Math.min(target.listenerCount('drain'), target.getMaxListeners() || Infinity);
    return waits > 0 ? `,"waits":${waits}` : '';
  } catch {
    return ''; // a class may do as it likes
  }
}

// Who waits for one drain has added its listener by once(); those of pipes, of Node's http and of streams that stay are none of them.
function waiting(target) {
  try {
    let waits = 0;
    for (const fn of target.rawListeners('drain')) if (typeof fn.listener === 'function') waits++;
    return waits > 0 ? `,"waits":${waits}` : '';
  } catch {
    return ''; // a class may do as it likes
  }
}

function around(reg, ev, fn, self, given) {
  let done = false;
  depth++;
  try {
    const result = apply(fn, self, given);
    done = true;
    return result;
  } finally {
    depth--;
    const after = ev === 'ecb' ? '' : `,"len":${reg.state.length}${ev === 'end' || ev === 'destroy' ? waiting(reg.target) : ''}`;
    if (done) line(reg, `${ev}/r"${after}`);
    else left(reg, `${ev}/r"`, after);
  }
}

// ---- what the user gives to write and end ----

const functions = new WeakMap();
let functionCount = 0;

// One function stays one function: Node runs completions in a row that have the same callback in one tick.
function userCallback(reg, ev, fn, info) {
  if (info.reg === reg && info.ev === ev) return info.wrapper;
  const make = () => (ev === 'wcb' ? writeCallback : endCallback)(reg, fn, info.id);
  if (info.reg === undefined) {
    info.reg = reg;
    info.ev = ev;
    return (info.wrapper = make());
  }
  reg.callbacks ||= { wcb: new WeakMap(), ecb: new WeakMap() };
  if (!reg.callbacks[ev].has(fn)) reg.callbacks[ev].set(fn, make());
  return reg.callbacks[ev].get(fn);
}

function writeCallback(reg, fn, id) {
  return function (error) {
    if (on && depth === 0) begin();
    if (error) line(reg, `wcb","cb":${id}${errField(error)},"argc":${arguments.length}`);
    else fast(reg, WCB, id, arguments.length);
    let done = false;
    depth++;
    try {
      const result = apply(fn, this, arguments);
      done = true;
      return result;
    } finally {
      depth--;
      if (done) fast(reg, WCB_R, 0, 0);
      else left(reg, 'wcb/r"', '');
    }
  };
}

function endCallback(reg, fn, id) {
  return function (error) {
    if (on && depth === 0) begin();
    line(reg, `ecb","cb":${id}${errField(error)},"argc":${arguments.length}`);
    return around(reg, 'ecb', fn, this, arguments);
  };
}

// ---- what the user calls ----

const REASONS = { '-1': 'null', '-2': 'type', '-3': 'encoding' };

// The size of a chunk as the stream will count it, or why write will throw, tested in the order in which this version of Node tests.
function sizeOf(state, chunk, encoding) {
  const named = encoding && typeof encoding !== 'function' ? encoding : null;
  const unknown = named !== null && named !== 'buffer' && !Buffer.isEncoding(named);
  if (major < 20 && unknown) return -3;
  if (chunk === null) return -1;
  if (state.objectMode) return 1;
  if (unknown) return -3;
  if (typeof chunk === 'string') {
    const used = named || state.defaultEncoding;
    if (used === 'buffer' && (major >= 24 || state.decodeStrings)) return -3;
    if (!state.decodeStrings) return chunk.length;
    // byteLength only estimates what base64 and hex come to.
    return used === 'utf8' ? Buffer.byteLength(chunk) : Buffer.from(chunk, used).length;
  }
  if (chunk instanceof Buffer) return chunk.length;
  return (major < 20 ? chunk instanceof Uint8Array : ArrayBuffer.isView(chunk)) ? chunk.byteLength : -2;
}

// Writes the line of a `write` or `end`, and returns what to pass on as its callback.
function openWrite(reg, ev, chunk, encoding, callback, given) {
  try {
    let info;
    if (typeof callback === 'function' && (info = functions.get(callback)) === undefined) {
      functions.set(callback, info = { id: ++functionCount, reg: undefined, ev: '', wrapper: undefined });
    }
    const id = info ? info.id : 0;
    const size = given ? sizeOf(reg.state, chunk, encoding) : 0;
    const http = ev === 'write' ? byHttp(reg.target) : '';
    if (ev === 'write' && size >= 0 && !sites && http === '') fast(reg, WRITE, size, id);
    else {
      const arg = size < 0 ? `,"arg":"${REASONS[size]}"` : '';
      line(reg, `${ev}"${given ? `,"len":${Math.max(size, 0)}` : ''},"cb":${id}${arg}${ev === 'write' && sites && reg.state.needDrain ? listening(reg.target) : ''}${http || site(true)}`);
    }
    return info ? userCallback(reg, ev === 'write' ? 'wcb' : 'ecb', callback, info) : callback;
  } catch (error) {
    fail(error);
    return callback;
  }
}

function writer(up) {
  return function (chunk, encoding, cb) {
    const reg = on ? enter(this) : null;
    if (reg === null) return apply(up.write, this, arguments);
    const second = typeof encoding === 'function';
    const callback = openWrite(reg, 'write', chunk, encoding, second ? encoding : cb, true);
    const before = reg.writing;
    let done = false;
    let result;
    reg.writing = ++depth;
    try {
      result = second ? up.write.call(this, chunk, callback) : up.write.call(this, chunk, encoding, callback);
      done = true;
      return result;
    } finally {
      depth--;
      reg.writing = before;
      if (done) fast(reg, WRITE_R, reg.state.length, result ? 1 : 0);
      else left(reg, 'write/r"', `,"len":${reg.state.length}`);
    }
  };
}

function ender(up) {
  return function (chunk, encoding, cb) {
    const reg = on ? enter(this) : null;
    if (reg === null) return apply(up.end, this, arguments);
    const at = typeof chunk === 'function' ? 0 : typeof encoding === 'function' ? 1 : 2;
    const given = [chunk, encoding, cb];
    given[at] = openWrite(reg, 'end', chunk, encoding, given[at], at > 0 && chunk !== undefined && chunk !== null);
    const before = reg.ending;
    const writing = reg.writing;
    reg.ending = reg.writing = depth + 1;
    try {
      return around(reg, 'end', up.end, this, given);
    } finally {
      reg.ending = before;
      reg.writing = writing;
    }
  };
}

// Whether the readable side of a Duplex lets it be destroyed, which the stream looks at when the listeners of `finish` have returned.
function readableDone(target) {
  const readable = target._readableState;
  return readable ? `,"readable_done":${!!(readable.autoDestroy && (readable.endEmitted || readable.readable === false))}` : '';
}

const OWN = new Set(['node:internal/streams/writable', 'node:internal/streams/destroy']);

// Whether somebody else emits than the stream's own code: its class, as sockets do with `close`, a pipe that passes an error on, the user.
function isForeign(emit) {
  try {
    for (const frame of frames(emit, 4)) {
      const file = frame.getFileName();
      if (file && frame.getFunctionName() !== 'emit') return !OWN.has(file);
    }
  } catch (error) {
    fail(error);
  }
  return false;
}

function emitter(up, find) {
  return function emit(name, value) {
    switch (name) {
      case 'drain': case 'prefinish': case 'finish': case 'error': case 'close': case 'pipe': case 'unpipe': break;
      default: return apply(up.emit, this, arguments);
    }
    const reg = on ? find(this) : null;
    if (reg === null) return apply(up.emit, this, arguments);
    const foreign = find === enter && isForeign(emit) ? ',"foreign":true' : '';
    line(reg, `emit","name":"${name}"${name === 'error' ? errField(value) : ''}${foreign}${name === 'pipe' ? site(false) : ''}`);
    let heard;
    depth++;
    try {
      const result = apply(up.emit, this, arguments);
      heard = !!result;
      return result;
    } finally {
      depth--;
      const waits = name === 'finish' || name === 'error' || name === 'close' ? waiting(this) : '';
      if (reg.waiter !== undefined && (name === 'close' || (name === 'drain' && waiting(this) === ''))) waited(reg);
      const after = find === enterMessage ? `,"len":${this.writableLength}` : name === 'finish' ? readableDone(this) : '';
      if (heard !== undefined) line(reg, `emit/r","name":"${name}","heard":${heard}${waits}${after}`);
      else {
        const unheard = name === 'error' && (this.listenerCount === undefined || this.listenerCount('error') === 0);
        if (unheard && value instanceof Error) leaving = errorId(value, leaving);
        left(reg, `emit/r","name":"${name}"`, `,"heard":${!unheard}${waits}`);
      }
    }
  };
}

function caller(up, key) {
  const ev = key === '_undestroy' ? 'undestroy' : key;
  return function (error) {
    const reg = on ? enter(this) : null;
    // end() uncorks by the method; that is its own doing and no call of the user's.
    if (reg === null || (key === 'uncork' && reg.ending === depth)) return apply(up[key], this, arguments);
    if (key === '_undestroy') reg.seen = { __proto__: null };
    let rest = '';
    if (key === 'destroy') rest = errField(error) + site(true);
    else if (key === 'cork') rest = site(true);
    else if (key === 'uncork') rest = `,"corked":${reg.state.corked}`; // Node's http sets it by hand
    line(reg, `${ev}"${rest}`);
    return around(reg, ev, up[key], this, arguments);
  };
}

// ---- who waits for a drain ----

// Of streams that somebody waits for, or waited for without saying that it does not any longer: to be looked at when the process exits.
const waiters = new Set();

function waiter(up, find) {
  return function once(name) {
    const result = apply(up.once, this, arguments);
    const reg = on && name === 'drain' ? find(this) : null;
    if (reg === null) return result;
    if (reg.waiter === undefined) waiters.add((reg.waiter = new WeakRef(reg)));
    line(reg, `wait"${site(false)}`);
    return result;
  };
}

function waited(reg) {
  waiters.delete(reg.waiter);
  reg.waiter = undefined;
}

function stillWaiting() {
  for (const one of waiters) {
    const reg = one.deref();
    const waits = reg === undefined ? '' : waiting(reg.target);
    if (waits !== '') line(reg, `waiting"${waits},"owed":${reg.target.writableNeedDrain === true},"corked":${reg.target.writableCorked || 0}`);
  }
}

// ---- messages of http ----

// A request or response keeps what its socket does not take yet, and answers and drains for itself: to who writes to it, it is a stream.
const { OutgoingMessage } = require('http');
const messages = new WeakMap();
let speaking; // the message that a call runs of

class Message {
  constructor(target) {
    this.target = target;
    this.head = `,"s":${++streams},"ev":"`;
    this.waiter = undefined;
    let name = '';
    try {
      name = target.constructor.name;
    } catch {
      // A class may do as it likes.
    }
    line(this, `new","class":${quote(name)},"message":true,"high_water_mark":${target.writableHighWaterMark}`);
  }
}

function enterMessage(target) {
  try {
    if (!(target instanceof OutgoingMessage)) return null;
    if (depth === 0) begin();
    let reg = messages.get(target);
    if (reg === undefined) messages.set(target, (reg = new Message(target)));
    return on ? reg : null;
  } catch (error) {
    fail(error);
    return null;
  }
}

// Whether this write to a socket is http's own, of a message that is told by itself; from Node 26 on some come in ticks of http's own.
function byHttp(target) {
  const owner = target._httpMessage;
  const own = owner && (owner === speaking || (!sites && messages.has(owner) && !owner.writableFinished));
  return own ? ',"in":"node:_http_outgoing"' : '';
}

function openMessage(reg, ev, chunk, encoding) {
  try {
    const text = typeof chunk === 'string';
    const size = text ? Buffer.byteLength(chunk, typeof encoding === 'string' ? encoding : 'utf8') : (chunk && chunk.byteLength) || 0;
    const waits = sites && ev === 'write' && reg.target.writableNeedDrain ? listening(reg.target) : '';
    line(reg, ev === 'destroy' ? `destroy"${errField(chunk)}${site(true)}` : `${ev}","len":${size}${waits}${site(true)}`);
  } catch (error) {
    fail(error);
  }
}

function speaker(up, ev) {
  return function (chunk, encoding, callback) {
    const reg = on ? enterMessage(this) : null;
    if (reg === null) return apply(up[ev], this, arguments);
    openMessage(reg, ev, chunk, encoding);
    const before = speaking;
    let done = false;
    let result;
    speaking = this;
    depth++;
    try {
      result = apply(up[ev], this, arguments);
      done = true;
      return result;
    } finally {
      depth--;
      speaking = before;
      const after = `,"len":${this.writableLength}${ev === 'write' ? '' : waiting(this)}`;
      if (!done) left(reg, `${ev}/r"`, after);
      else line(reg, `${ev}/r"${ev === 'write' ? `,"ret":${!!result}` : ''}${after}`);
    }
  };
}

const destroys = new Set();

function patch(proto, makers) {
  const up = {};
  for (const key of Object.keys(makers)) {
    const own = getOwnPropertyDescriptor(proto, key);
    // What is only inherited is looked up at each call: others may replace it.
    defineProperty(up, key, own ? { value: own.value } : { get: () => getPrototypeOf(proto)[key] });
    const value = alike(makers[key](up, key), up[key]);
    defineProperty(proto, key, { ...(own || { ...NEW, enumerable: false }), value });
    if (key === 'destroy') destroys.add(value);
  }
}

const OF_STREAMS = {
  write: writer,
  end: ender,
  emit: (up) => emitter(up, enter),
  once: (up) => waiter(up, enter),
  cork: caller,
  uncork: caller,
  destroy: caller,
  _undestroy: caller,
};

const OF_MESSAGES = {
  write: speaker,
  end: speaker,
  emit: (up) => emitter(up, enterMessage),
  once: (up) => waiter(up, enterMessage),
  destroy: speaker,
};

// ---- the end of the process ----

let exiting = false;

// From here on no tick runs, and no callback: what listeners of 'exit' start is not finished.
function exits(natural) {
  exiting = true;
  tick();
  stillWaiting();
  line({ head: ',"ev":"' }, `exit","natural":${natural}`);
}

function finish(code, natural) {
  if (!on) return;
  if (!exiting) exits(natural);
  tick();
  line({ head: ',"ev":"' }, `quiesce","code":${code},"natural":${natural}`);
  try {
    flush();
  } catch (error) {
    fail(error);
  }
  on = false;
}

// The last line comes after the program's own 'exit' listeners, of which one may exit again. Nothing calls a natural end.
function hookProcess() {
  const { reallyExit } = process;
  const emit = function emit(name, value) {
    if (name === 'uncaughtExceptionMonitor' && leaving !== 0) errorId(value, leaving);
    if (name !== 'exit' || !on) return apply(getPrototypeOf(process).emit, this, arguments);
    const natural = frames().length === 0;
    let done = false;
    if (!exiting) exits(natural);
    try {
      const result = apply(getPrototypeOf(process).emit, this, arguments);
      done = true;
      return result;
    } finally {
      finish(done ? process.exitCode ?? value ?? 0 : 1, natural && done);
    }
  };
  defineProperty(process, 'emit', { ...NEW, enumerable: false, value: emit });
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
  const { end } = Writable.prototype;
  for (const proto of [Writable.prototype, Duplex.prototype]) {
    patch(proto, OF_STREAMS);
    hookConstruction(proto);
  }
  patch(OutgoingMessage.prototype, OF_MESSAGES);
  // In Node 18 it is the same function by another name.
  if (major < 20 && fs.WriteStream.prototype.destroySoon === end) fs.WriteStream.prototype.destroySoon = Writable.prototype.end;
  hookProcess();
  // A process that is killed has no last moment to write in.
  setInterval(() => {
    try {
      if (on && used > 0) flush();
    } catch (error) {
      fail(error);
    }
  }, 100).unref();
  on = true;
}

if (process.env.HIGHWATER_TRACE) start(process.env.HIGHWATER_TRACE);
