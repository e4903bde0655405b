'use strict';
// Runs one counterexample of the search on the real Node: what the main program does in each turn, and what user code does inside each call
// that the stream makes. Prints what happened, and which promises were broken. The chunk with number N has N bytes, so that its size tells which it is.
const { Writable, Duplex } = require('stream');

module.exports = function run({ options, turns, inside }) {
  const log = [];
  const counts = {};
  const chunks = []; // { len, callback, given, taken, calledBack }
  const inSink = []; // the chunks of each call that has not called back
  const owed = { construct: null, final: null, destroy: null };
  const seen = { sinkFailed: false, failed: false, ended: false, over: false, finished: false, drainOwed: false, twice: false };
  const broken = new Set();
  let onwrite = null;

  const enter = (kind, text = kind) => {
    log.push(text);
    counts[kind] = (counts[kind] || 0) + 1;
    const script = inside[counts[kind] === 1 ? kind : `${kind}, time ${counts[kind]}`];
    if (script) script(w);
  };
  const given = (sizes, cb) => {
    onwrite = cb;
    if (seen.sinkFailed) broken.add('nothing after a failure');
    const call = [];
    for (const size of sizes) {
      const at = chunks.findIndex((chunk) => chunk.len === size);
      if (at < 0) continue;
      if (chunks[at].given || chunks.slice(0, at).some((chunk) => !chunk.given)) broken.add('order');
      chunks[at].given = true;
      call.push(chunks[at]);
    }
    inSink.push(call);
    enter('sink', `sink gets ${sizes.join(', ')}`);
  };
  const calledBack = (chunk, number, err) => {
    chunk.calledBack++;
    if (chunk.calledBack > 1) broken.add('callback once');
    if (!err && !chunk.taken) broken.add('success is true');
    enter(`callback ${number}`, `callback of ${number}: ${err ? err.code || err.message : 'success'}`);
  };
  const attempt = (what, call) => {
    log.push(what);
    try {
      return call();
    } catch (err) {
      log.push(`${what} throws ${err.name}`);
      return undefined;
    }
  };
  const w = {
    write(len, number) {
      const chunk = { len, callback: number !== undefined, given: false, taken: false, calledBack: 0 };
      if (!seen.ended && !seen.over) chunks.push(chunk);
      const cb = number === undefined ? undefined : (err) => calledBack(chunk, number, err);
      const answer = attempt(`write of ${len}`, () => stream.write(Buffer.alloc(len), cb));
      log.push(`write of ${len} answers ${answer}`);
      if (answer === false) seen.drainOwed = true;
    },
    end() { seen.ended = true; attempt('end', () => stream.end()); },
    cork() { attempt('cork', () => stream.cork()); },
    uncork() { attempt('uncork', () => stream.uncork()); },
    destroy(fails) { seen.over = true; attempt('destroy', () => stream.destroy(fails ? new Error('destroyed') : undefined)); },
    done(fails) {
      const call = inSink.shift();
      if (!call) seen.twice = true;
      else if (fails) seen.sinkFailed = true;
      else for (const chunk of call) chunk.taken = true;
      attempt(`the sink calls back${fails ? ', failed' : ''}`, () => onwrite(fails ? new Error('sink') : null));
    },
    constructed(fails) { const cb = owed.construct; owed.construct = null; attempt("construct calls back", () => cb(fails ? new Error("construct") : null)); },
    finalized(fails) { const cb = owed.final; owed.final = null; attempt('final calls back', () => cb(fails ? new Error('final') : null)); },
    destroyed() { const cb = owed.destroy; owed.destroy = null; attempt('destroy calls back', cb); },
    throws() { log.push('an exception'); throw new Error('thrown'); },
  };
  const hooks = {
    highWaterMark: options.highWaterMark,
    objectMode: options.objectMode,
    emitClose: options.emitClose,
    autoDestroy: options.autoDestroy,
    write: (chunk, _, cb) => given([chunk.length], cb),
    destroy: (err, cb) => { owed.destroy = () => cb(err); seen.over = true; enter('destroy', 'destroy hook'); },
  };
  if (options.writev) hooks.writev = (all, cb) => given(all.map(({ chunk }) => chunk.length), cb);
  if (options.final) hooks.final = (cb) => { owed.final = cb; enter('final'); };
  if (options.construct) hooks.construct = (cb) => { owed.construct = cb; enter('construct'); };
  if (options.duplex) hooks.read = () => {};
  const stream = options.duplex ? new Duplex(hooks) : new Writable(hooks);
  stream.on('drain', () => { seen.drainOwed = false; enter('drain'); });
  stream.on('prefinish', () => enter('prefinish'));
  stream.on('finish', () => {
    seen.finished = true;
    if (seen.failed || seen.over || chunks.some((chunk) => !chunk.taken)) broken.add('finish is true');
    enter('finish');
  });
  stream.on('error', (err) => { seen.failed = true; enter('error', `error ${err.code || err.message}`); });
  stream.on('close', () => enter('close'));
  process.on('uncaughtException', () => log.push('an exception nobody caught'));

  const rest = () => {
    const gone = seen.over || seen.failed;
    if (inSink.length > 0 || stream.writableCorked > 0 || owed.construct || owed.final || owed.destroy) return;
    if (!gone && chunks.some((chunk) => !chunk.given)) broken.add('delivered');
    if (chunks.some((chunk) => chunk.callback && chunk.calledBack === 0)) broken.add('callback comes');
    if (seen.drainOwed && !gone && !seen.ended) broken.add('drain comes');
    if (seen.twice && !gone) broken.add('twice is noticed');
    if (seen.ended && !seen.finished && !gone) broken.add('end comes');
  };
  const next = (at) => {
    if (at < turns.length) {
      try {
        turns[at](w);
      } finally {
        setImmediate(next, at + 1);
      }
      return;
    }
    rest();
    console.log(log.join('\n'));
    console.log(broken.size > 0 ? `broken: ${[...broken].sort().join(', ')}` : 'every promise kept');
  };
  next(0);
};
