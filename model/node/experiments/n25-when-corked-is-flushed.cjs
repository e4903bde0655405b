'use strict';
// What is corked is flushed when the count reaches 0 and nothing is in flight, else on completion; `end` uncorks completely.

const { Writable } = require('stream');
const { variant, log, watch, write, end, look, slow, slowv, steps } = require('./show.cjs');

variant('nothing in flight', () => {
  const w = watch(new Writable({ write: slow }));
  w.cork();
  write(w, 'a');
  log('uncork');
  w.uncork();
  log('uncorked');
});

variant('in flight', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  w.cork();
  write(w, 'b');
  log('uncork');
  w.uncork();
  log('uncorked');
});

variant('in flight, still corked at completion', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  w.cork();
  write(w, 'b');
  steps(() => {}, () => { log('uncork'); w.uncork(); });
});

for (const [name, sinks] of [['_write', { write: slow }], ['_writev', { write: slow, writev: slowv }]]) {
  variant(`end uncorks, ${name}`, () => {
    const w = watch(new Writable(sinks));
    w.cork();
    w.cork();
    write(w, 'a');
    end(w, 'b');
    look(w, 'writableCorked');
  });
}

variant('cork after end', () => {
  const w = watch(new Writable({ write: slow }));
  end(w);
  w.cork();
});

variant('cork after end, queue not empty', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  write(w, 'b');
  end(w);
  w.cork();
  steps(() => {}, () => { log('uncork'); w.uncork(); });
});
