'use strict';
// After a write has failed, the next chunk is written all the same.
// Breaks: nothing after a failure. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.write(3); },
    (w) => { w.done(); },
  ],
  inside: {
    'sink, time 2': (w) => { w.done(true); },
  },
});
