'use strict';
// A second end is silently accepted before finish; after finish its callback gets ERR_STREAM_ALREADY_FINISHED; with a chunk it is a write after end.

const { Writable } = require('stream');
const { variant, watch, write, end, slow, steps } = require('./show.cjs');

variant('before finish', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  end(w);
  end(w, undefined, 'second end');
});

variant('after finish', () => {
  const w = watch(new Writable({ write: slow }));
  end(w);
  steps(() => end(w, undefined, 'second end'));
});

variant('after finish, autoDestroy false', () => {
  const w = watch(new Writable({ autoDestroy: false, write: slow }));
  end(w);
  steps(() => end(w, undefined, 'second end'));
});

variant('with a chunk', () => {
  const w = watch(new Writable({ write: slow }));
  write(w, 'a');
  end(w);
  end(w, 'b', 'second end');
});

for (const [name, error] of [['destroy', undefined], ['destroy with an error', new Error('E')]]) {
  variant(`after ${name}`, () => {
    const w = watch(new Writable({ write: slow }));
    w.destroy(error);
    end(w);
    steps(() => end(w, undefined, 'second end'));
  });
}
