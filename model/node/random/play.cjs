'use strict';
// Runs a plan: one stream, its listeners, and the user's actions one after the other.

const { Readable } = require('stream');
const { note, activity } = require('./tally.cjs');
const { later } = require('./later.cjs');
const { make } = require('./make.cjs');
const { chunkOf } = require('./chunk.cjs');

const FALSY = { zero: 0, empty: '', no: false };
const QUIET = 4; // rounds of the event loop in which nothing happens
const ROUNDS = 500;

class Play {
  constructor(plan, stats) {
    this.plan = plan;
    this.stats = stats;
    this.left = plan.reentrant;
    this.held = []; // sink callbacks that wait for a `release`
    this.sinkCalls = 0;
    this.inSink = 0;
    this.errors = 0;
    this.sharedError = new Error('shared');
    this.shared = (error) => { note(error ? 'shared callback with error' : 'shared callback'); };
  }

  run(done) {
    try {
      this.stream = make(this.plan, this);
    } catch (error) {
      note(`constructor throws ${error.code}`);
      return done();
    }
    if (this.stats) this.watch();
    for (const listener of this.plan.listeners) this.listen(listener);
    if (this.stream.resume && this.plan.consume === 'resume') this.stream.resume();
    return this.proceed(this.plan.actions, 0, () => this.rest(done));
  }

  // Only for `--stats`: an `emit` of its own is one more thing that a recorder would have to see through.
  watch() {
    const { emit } = this.stream;
    this.stream.emit = function watched(name, ...rest) {
      note(`emit ${String(name)}`);
      return emit.call(this, name, ...rest);
    };
  }

  listen({ name, once, act, rejects }) {
    this.stream[once ? 'once' : 'on'](name, (error) => {
      note(`listener ${name}`);
      if (name === 'error') note(`error event ${(error && error.code) || (error && error.message) || error}`.replace(/ \d+$/, ''));
      this.nested(act, `in ${name}`);
      return rejects ? (note('listener rejects'), Promise.reject(this.error('error'))) : undefined;
    });
  }

  proceed(actions, from, done) {
    for (let i = from; i < actions.length; i++) {
      if (actions[i].do === 'wait') return this.wait(actions[i].how, actions[i].times, () => this.proceed(actions, i + 1, done));
      this.attempt(actions[i]);
    }
    return done();
  }

  wait(how, times, then) {
    if (times === 0) return then();
    note('wait');
    return later(how, () => this.wait(how, times - 1, then));
  }

  // Calls of the user outside of any other call: an exception ends only that call.
  attempt(action) {
    try {
      this.act(action);
    } catch (error) {
      note(`thrown at user ${error && (error.code || error.message)}`);
    }
  }

  /** Actions inside of a callback, a listener or the sink; `open`: what they throw is not caught. */
  nested(actions, where, open = false) {
    for (const action of actions || []) {
      if (action.do === 'wait') continue;
      if (this.left-- <= 0) return;
      note(`re-entrant ${where}`);
      if (open || action.do === 'throw') this.act(action);
      else this.attempt(action);
    }
  }

  act(action) {
    const { stream } = this;
    note(`action ${action.do}`);
    switch (action.do) {
      case 'write': return this.write(action);
      case 'loop': return this.loop(action, 0);
      case 'end': return this.end(action);
      case 'uncork': return action.later ? process.nextTick(() => stream.uncork()) : stream.uncork();
      case 'destroy': return action.error ? stream.destroy(this.error(action.error)) : stream.destroy();
      case 'release': return this.release(action.error);
      case 'setDefaultEncoding': return stream.setDefaultEncoding(action.encoding);
      case 'pipe': return this.pipe(action);
      case 'abort': return this.abort && this.abort.abort();
      case 'emitError': return stream.emit('error', this.error('error'));
      case 'undestroy': return stream._undestroy();
      case 'throw': throw this.error('thrown');
      default: return stream[action.do](); // cork, resume
    }
  }

  write(action) {
    const { stream } = this;
    // A good program does not write any more.
    if (this.plan.wild < 1 && action.cb !== 'own' && !stream.writable) return true;
    note(`write ${action.type}`);
    if (action.len === 0) note('write of length 0');
    if (stream.writableEnded) note('write after end');
    else if (stream.destroyed) note('write after destroy');
    const given = [chunkOf(action)];
    if (action.encoding) given.push(action.encoding === 'null' ? null : action.encoding);
    const callback = this.callback(action, 'write');
    if (callback) given.push(callback);
    const owed = stream.writableNeedDrain;
    const more = stream.write(...given);
    note(more ? 'write true' : 'write false');
    if (more && owed) note('write true though a drain is owed');
    return more;
  }

  /** The polite producer. */
  loop(action, from) {
    for (let i = from; i < action.times; i++) {
      if (this.write(action.write)) continue;
      note('loop pauses');
      this.stream.once('drain', () => { note('loop resumes'); this.loop(action, i + 1); });
      return;
    }
    if (action.ends) this.stream.end();
  }

  end(action) {
    const { stream } = this;
    note(stream.writableFinished ? 'end after finish' : stream.writableEnded ? 'end after end' : stream.destroyed ? 'end after destroy' : 'end first');
    const given = 'type' in action ? [chunkOf(action)] : [];
    if (given.length && action.encoding) given.push(action.encoding === 'null' ? null : action.encoding);
    const callback = this.callback(action, 'end');
    if (callback) given.push(callback);
    stream.end(...given);
    if (action.cb === 'ownTwice') stream.end(callback);
  }

  callback({ cb, act }, of) {
    if (cb === 'none') return undefined;
    if (cb === 'shared') return this.shared;
    return (error) => {
      note(`${of} callback${error ? ' with error' : ''}`);
      if (error && error.code) note(`${of} callback ${error.code}`);
      if (cb === 'act') this.nested(act, `in ${of} callback`);
      if (cb === 'throw') { note(`${of} callback throws`); throw this.error('thrown'); }
    };
  }

  release(error) {
    const held = this.held.shift();
    if (!held) return;
    note('release');
    held(this.error(error));
  }

  pipe({ lens, ends }) {
    if (this.plan.wild === 0 && !this.stream.writable) return;
    const source = new Readable({ read() {} });
    source.on('error', () => {});
    for (const len of lens) source.push(Buffer.alloc(len));
    if (ends) source.push(null);
    source.pipe(this.stream);
  }

  error(kind) {
    if (kind === undefined) return undefined;
    if (kind in FALSY) return FALSY[kind];
    if (kind === 'shared') return this.sharedError;
    if (kind === 'text') return `text ${++this.errors}`;
    return new Error(`${kind} ${++this.errors}`);
  }

  // The next program begins when this one has nothing more to do.
  rest(done, rounds = 0, quiet = 0, before = activity()) {
    setImmediate(() => {
      const now = activity();
      if (rounds > ROUNDS) { note('never quiet'); return done(); }
      if (now !== before) return this.rest(done, rounds + 1, 0, now);
      if (quiet < QUIET) return this.rest(done, rounds + 1, quiet + 1, now);
      if (this.plan.consume === 'late' && this.stream.resume) {
        this.plan.consume = 'resume';
        this.attempt({ do: 'resume' });
        return this.rest(done, rounds + 1);
      }
      if (this.plan.releaseAtEnd && this.held.length) {
        // Before the call: it may throw.
        this.rest(done, rounds + 1);
        return this.release();
      }
      return done();
    });
  }
}

module.exports = { Play };
