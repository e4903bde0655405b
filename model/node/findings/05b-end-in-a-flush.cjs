'use strict';
// An `end()` that the sink calls inside a flush is forgotten.
// Breaks: waiter is told. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.cork(); w.write(1, { callback: false }); w.uncork(); },
  ],
  inside: {
    'sink': (w) => { w.done(); w.write(2, { callback: false }); w.end(); w.done(); },
  },
});
