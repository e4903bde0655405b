'use strict';
// An `end()` that the sink calls inside a flush is forgotten.
// Breaks: end comes. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.cork(); w.write(1, { callback: false }); w.uncork(); },
  ],
  inside: {
    'sink': (w) => { w.end(); w.done(); },
  },
});
