'use strict';
// With autoDestroy a finished stream is destroyed and closes one tick later, a Duplex only once its readable side has ended.

const { Writable, Duplex, PassThrough } = require('stream');
const { variant, log, watch, end, look, slow, steps } = require('./show.cjs');

for (const options of [{}, { autoDestroy: false }, { emitClose: false }]) {
  variant(`Writable ${JSON.stringify(options)}`, () => {
    const w = watch(new Writable({ ...options, write: slow }));
    w.on('finish', () => process.nextTick(() => log('tick')));
    w.end();
    steps(() => look(w, 'destroyed', 'closed'));
  });
}

variant('Duplex that is not read', () => {
  const w = watch(new Duplex({ write: slow, read() {} }));
  w.end();
  steps(() => look(w, 'destroyed'));
});

variant('Duplex that ends later', () => {
  const w = watch(new Duplex({ write: slow, read() {} }));
  w.end();
  w.on('end', () => log('readable end'));
  steps(() => { w.push(null); w.resume(); });
});

variant('Duplex that ended before', () => {
  const w = watch(new Duplex({ write: slow, read() { this.push(null); } }));
  w.on('end', () => log('readable end'));
  w.resume();
  steps(() => w.end());
});

variant('Duplex without a readable side', () => {
  const w = watch(new Duplex({ readable: false, write: slow }));
  w.end();
});

variant('PassThrough', () => {
  const w = watch(new PassThrough());
  w.on('end', () => log('readable end'));
  end(w, 'a');
  steps(() => w.resume());
});
