'use strict';
// An aborted signal, an asynchronous dispose, a captured rejection and `pipe` from a Writable destroy it; a rejecting `_write` only leaves it stuck.

const { Writable, PassThrough, addAbortSignal } = require('stream');
const { variant, log, watch, write, end, look, slow, steps } = require('./show.cjs');

variant('AbortSignal', () => {
  const abort = new AbortController();
  const w = watch(addAbortSignal(abort.signal, new Writable({ write: slow })));
  w.cork();
  write(w, 'a');
  abort.abort();
});

variant('option signal, aborted before', () => {
  const abort = new AbortController();
  abort.abort();
  watch(new Writable({ signal: abort.signal, write: slow }));
});

variant('asyncDispose', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  if (Symbol.asyncDispose && w[Symbol.asyncDispose]) w[Symbol.asyncDispose]().then(() => log('disposed'), (error) => log(`not disposed: ${error.code}`));
  else log('absent');
});

variant('captureRejections', () => {
  const w = watch(new Writable({ captureRejections: true, write: slow }));
  w.on('drain', async () => { throw new Error('rejected'); });
  w.emit('drain');
});

variant('_write rejects', () => {
  const w = watch(new Writable({ async write() { throw new Error('rejected'); } }));
  write(w, 'a');
  write(w, 'b');
  end(w);
});

variant('pipe', () => {
  const w = watch(new Writable({ write: slow }));
  w.pipe(new PassThrough());
});

variant('_undestroy', () => {
  const w = watch(new Writable({ highWaterMark: 1, write: slow }));
  w.destroy(new Error('E'));
  steps(() => { w._undestroy(); look(w, 'destroyed', 'closed', 'errored', 'writable'); write(w, 'a'); }, () => {}, () => end(w));
});
