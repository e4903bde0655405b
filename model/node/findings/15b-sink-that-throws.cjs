'use strict';
// A sink that calls back and then throws stops the stream for ever.
// Breaks: delivered, drain comes, length returns to 0. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.write(3); },
    (w) => { w.done(); },
  ],
  inside: {
    'sink, time 2': (w) => { w.done(); w.throws(); },
  },
});
