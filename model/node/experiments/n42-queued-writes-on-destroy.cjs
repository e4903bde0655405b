'use strict';
// A destroy fails the queued writes on a tick if nothing is in flight; else they wait for the sink, whose own write may still succeed.

const { Writable, Duplex, Transform, PassThrough } = require('stream');
const { variant, log, watch, write, end, look, slow, hand, steps } = require('./show.cjs');

for (const error of [undefined, new Error('E')]) {
  const given = error ? 'E' : '';
  variant(`corked, destroy(${given})`, () => {
    const w = watch(new Writable({ write: slow }));
    w.cork();
    write(w, 'a');
    write(w, 'b');
    w.destroy(error);
    w.end((why) => log(`callback end(${why.code})`));
    steps(() => look(w, 'writableLength'));
  });

  variant(`in flight, destroy(${given})`, () => {
    const sink = hand();
    const w = watch(new Writable({ write: sink.write }));
    write(w, 'a');
    write(w, 'b');
    end(w);
    w.destroy(error);
    steps(() => { look(w, 'closed', 'writableLength'); sink.done(); look(w, 'writableLength'); });
  });

  variant(`in flight for ever, destroy(${given})`, () => {
    const w = watch(new Writable({ write() {} }));
    write(w, 'a');
    write(w, 'b');
    w.destroy(error);
  });

  variant(`Duplex, corked, destroy(${given})`, () => {
    const w = watch(new Duplex({ write: slow, read() {} }));
    w.cork();
    write(w, 'a');
    w.destroy(error);
  });

  variant(`Duplex, constructing, destroy(${given})`, () => {
    const w = watch(new Duplex({ construct(callback) { setImmediate(callback); }, write: slow, read() {} }));
    write(w, 'a');
    end(w);
    w.destroy(error);
  });

  variant(`Transform, corked, destroy(${given})`, () => {
    const w = watch(new PassThrough());
    w.cork();
    write(w, 'a');
    w.destroy(error);
  });
}
