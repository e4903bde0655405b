'use strict';
// Runs one counterexample of the search on the real Node: what the main program does in each turn, and what user code does inside each call that the
// stream makes. Prints what happened, indented by what it happened in, and which promises were broken. It judges them by the same rules as
// model/src/node/seen.rs. The chunk with number N has N bytes, so that its size tells which it is.
const { Writable, Duplex } = require('stream');

module.exports = function run({ options, turns, inside }) {
  const log = [];
  const counts = {};
  const chunks = []; // { size, callback, given, taken, told, toldFailure }
  const ends = []; // how often the callback of each end was called
  const inSink = []; // the chunks of each call that has not called back
  const last = {}; // the callback of the last sink call, of construct, of final, of destroy
  const owed = { construct: false, final: false, destroy: false };
  const waiting = new Set(); // the polite producers that wait for a drain
  const seen = {};
  const broken = new Set();
  let depth = 0;

  const say = (text) => log.push('  '.repeat(depth) + text);
  const test = (promise, kept) => { if (!kept) broken.add(promise); };
  const allTaken = () => chunks.every((chunk) => chunk.taken);
  // User code that the stream calls.
  const enter = (kind, text = kind) => {
    const before = depth;
    say(text);
    depth++;
    counts[kind] = (counts[kind] || 0) + 1;
    const script = inside[counts[kind] === 1 ? kind : `${kind}, time ${counts[kind]}`];
    try {
      if (script) script(w);
    } finally {
      depth = before;
    }
  };
  // A call that user code makes.
  const call = (text, make) => {
    const before = depth;
    say(text);
    depth++;
    try {
      return make();
    } catch {
      depth = before;
      say('= the exception');
      return undefined;
    } finally {
      depth = before;
    }
  };
  const given = (sizes, cb) => {
    last.sink = cb;
    test('nothing after a failure', !seen.sinkFailed);
    test('nothing after destroy', !seen.over);
    test('close is last', !seen.closed);
    test('one call at a time', inSink.length === 0);
    const got = [];
    for (const size of sizes) {
      const at = chunks.findIndex((chunk) => chunk.size === size);
      if (at < 0) continue;
      test('order', !chunks[at].given && chunks.slice(0, at).every((chunk) => chunk.given));
      chunks[at].given = true;
      got.push(chunks[at]);
    }
    inSink.push(got);
    enter('sink', `sink gets ${sizes.join(', ')}`);
  };
  const calledBack = (number, err) => {
    const chunk = chunks[number - 1];
    if (chunk) {
      chunk.told++;
      chunk.toldFailure ||= Boolean(err);
      test('callbacks in order', chunks.slice(0, number - 1).every((earlier) => !earlier.callback || earlier.told > 0));
      test('callback once', chunk.told === 1);
      if (err) test('failure is true', !chunk.taken);
      else test('success is true', chunk.taken);
    }
    enter(`callback of ${number}`, `callback of ${number}: ${err ? 'error' : 'success'}`);
  };
  const endCalledBack = (number, err) => {
    ends[number - 1]++;
    test('callback once', ends[number - 1] === 1);
    if (!err) test('success is true', allTaken());
    enter(`callback of end ${number}`, `callback of end ${number}: ${err ? 'error' : 'success'}`);
  };
  const hookCallsBack = (hook, fails) => {
    const cb = last[hook];
    owed[hook] = false;
    if (fails && !seen.over) seen.trouble = true;
    call(`${hook} calls back${fails ? ' with an error' : ''}`, () => cb(fails ? new Error(hook) : null));
  };
  const answered = (answer, by) => {
    if (seen.ended || seen.over || seen.failed) return;
    if (!answer) {
      if (!seen.drainOwed) seen.news = false;
      seen.drainOwed = true;
    }
    if (!by) return;
    if (!answer) waiting.add(by);
    else test('nobody overtakes', [...waiting].every((other) => other === by));
  };

  // What the scripts call.
  const w = {
    write(size, { callback = true, by = 0 } = {}) {
      const number = chunks.length + 1;
      if (!seen.ended && !seen.over) chunks.push({ size, callback, given: false, taken: false, told: 0, toldFailure: false });
      const cb = callback ? (err) => calledBack(number, err) : undefined;
      const answer = call(`write ${size}${by ? ` by producer ${by}` : ''}${callback ? '' : ', no callback'}`, () => stream.write(Buffer.alloc(size), cb));
      if (answer === undefined) return;
      answered(answer, by);
      say(`= ${answer}`);
    },
    end({ callback = false } = {}) {
      seen.ended = true;
      const number = callback ? ends.push(0) : 0;
      call('end', () => stream.end(callback ? (err) => endCalledBack(number, err) : undefined));
    },
    cork() { call('cork', () => stream.cork()); },
    uncork() { call('uncork', () => stream.uncork()); },
    destroy(fails) {
      if (!seen.over) seen.byUser = true;
      seen.over = true;
      call(`destroy${fails ? ' with an error' : ''}`, () => stream.destroy(fails ? new Error('destroyed') : undefined));
    },
    done(fails) {
      const got = inSink.shift() || [];
      if (fails) {
        seen.sinkFailed = true;
        if (!seen.over) seen.trouble = true;
      } else {
        for (const chunk of got) {
          test('failure is true', !chunk.toldFailure);
          chunk.taken = true;
        }
      }
      const cb = last.sink;
      call(`sink calls back${fails ? ' with an error' : ''}`, () => cb(fails ? new Error('sink') : null));
    },
    constructed(fails) { hookCallsBack('construct', fails); },
    finalized(fails) { hookCallsBack('final', fails); },
    destroyed() { hookCallsBack('destroy', false); },
    again(who) {
      if (who === 'sink' && !seen.over) seen.twice = true;
      call(`${who} calls back again`, () => last[who](null));
    },
    throws() {
      say('an exception');
      throw new Error('thrown');
    },
  };

  const hooks = {
    highWaterMark: options.highWaterMark,
    objectMode: options.objectMode,
    emitClose: options.emitClose,
    autoDestroy: options.autoDestroy,
    write: (chunk, _, cb) => given([chunk.length], cb),
    destroy: (err, cb) => {
      seen.over = true;
      owed.destroy = true;
      last.destroy = () => cb(err);
      enter('destroy hook');
    },
  };
  const duty = (hook) => (cb) => {
    owed[hook] = true;
    last[hook] = cb;
    enter(hook);
  };
  if (options.writev) hooks.writev = (all, cb) => given(all.map(({ chunk }) => chunk.length), cb);
  if (options.final) hooks.final = duty('final');
  if (options.construct) hooks.construct = duty('construct');
  if (options.duplex) hooks.read = () => {};
  const stream = options.duplex ? new Duplex(hooks) : new Writable(hooks);
  const events = {
    drain() {
      test('drain is owed', seen.drainOwed && !seen.ended && !seen.over);
      seen.drainOwed = false;
      waiting.clear();
    },
    prefinish() {},
    finish() {
      test('finish is true', allTaken() && !seen.failed && !seen.over);
      test('events once', !seen.finished);
      seen.finished = true;
    },
    error(err) {
      test('events once', !seen.failed);
      test('error or finish', !seen.finished);
      if (err.code === 'ERR_STREAM_WRITE_AFTER_END') test('late write is harmless', allTaken());
      seen.failed = true;
    },
    close() {
      test('events once', !seen.closed);
      seen.closed = true;
    },
  };
  for (const name of Object.keys(events)) {
    stream.on(name, (err) => {
      if (name !== 'prefinish') {
        if (name !== 'close') test('close is last', !seen.closed);
        seen.news = true;
      }
      events[name](err);
      enter(name);
    });
  }
  process.on('uncaughtException', (err) => {
    depth = 0;
    if (err.message !== 'thrown' && !(err instanceof TypeError)) throw err;
  });

  const rest = () => {
    const gone = seen.byUser || seen.failed;
    if (inSink.length > 0 || (stream.writableCorked > 0 && !gone)) return;
    if (owed.construct || owed.final || (owed.destroy && !options.muteDestroy)) return;
    if (!gone) test('delivered', chunks.every((chunk) => chunk.given));
    test('callback comes', !ends.includes(0) && chunks.every((chunk) => !chunk.callback || chunk.told > 0));
    if (!gone && !seen.ended) test('drain comes', !seen.drainOwed);
    if (seen.drainOwed && (gone || seen.ended)) test('waiter is told', seen.news);
    if (seen.twice) test('twice is noticed', gone);
    if (seen.ended) test('end comes', seen.finished || gone);
    if (seen.trouble) test('failure is told', gone);
    const byItself = options.autoDestroy !== false && (seen.failed || (seen.finished && !options.duplex));
    if (options.emitClose !== false && (seen.byUser || byItself)) test('close comes', seen.closed);
    test('length returns to 0', stream.writableLength === 0);
  };
  // Several rounds of the loop lie between two turns: after an exception that nobody catches Node runs what was put off in a later one.
  const wait = (rounds, then) => setImmediate(() => (rounds > 0 ? wait(rounds - 1, then) : then()));
  const next = (at) => {
    if (at < turns.length) {
      turns[at](w);
      wait(3, () => next(at + 1));
      return;
    }
    rest();
    if (log.length > 0) console.log(log.join('\n'));
    console.log(broken.size > 0 ? `broken: ${[...broken].sort().join(', ')}` : 'every promise kept');
  };
  next(0);
};
