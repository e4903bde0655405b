'use strict';
// Between a failure and the tick that tells of it `end()` is forgotten.
// Breaks: drain is owed. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.write(3); },
    (w) => { w.done(); w.end(); },
  ],
  inside: {
    'sink, time 2': (w) => { w.done(true); },
    'callback of 2': (w) => { w.done(); },
  },
});
