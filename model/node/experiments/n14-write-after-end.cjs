'use strict';
// A write after end says false; its callback gets ERR_STREAM_WRITE_AFTER_END, and the stream is destroyed with it.

const { Writable } = require('stream');
const { variant, watch, write, end, look, slow, hand, steps } = require('./show.cjs');

for (const options of [{}, { autoDestroy: false }, { emitClose: false }]) {
  variant(`nothing in flight ${JSON.stringify(options)}`, () => {
    const w = watch(new Writable({ ...options, write: slow, final() {} }));
    w.end();
    write(w, 'a');
    look(w, 'destroyed');
  });

  variant(`in flight ${JSON.stringify(options)}`, () => {
    const sink = hand();
    const w = watch(new Writable({ ...options, write: sink.write }));
    write(w, 'a');
    write(w, 'b');
    end(w);
    write(w, 'late');
    steps(() => sink.done(), () => options.autoDestroy === false && sink.done());
  });
}

variant('after finish and close', () => {
  const w = watch(new Writable({ write: slow }));
  end(w);
  steps(() => write(w, 'late'));
});

variant('without a listener', () => {
  const w = watch(new Writable({ write: slow }), ['finish', 'close']);
  w.end();
  write(w, 'late');
});
