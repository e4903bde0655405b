'use strict';
// A second call of the sink's callback is taken for the next chunk's.
// Breaks: twice is noticed. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.end(); },
    (w) => { w.done(); },
  ],
  inside: {
    'callback of 1': (w) => { w.again('sink'); },
    'destroy hook': (w) => { w.done(); w.destroyed(); },
  },
});
