'use strict';
// Who waits for `'drain'` may never hear anything at all.
// Breaks: waiter is told. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, emitClose: false },
  turns: [
    (w) => { w.write(1); w.write(2); w.destroy(); },
  ],
  inside: {
    'destroy hook': (w) => { w.done(); },
    'callback of 1': (w) => { w.destroyed(); },
  },
});
