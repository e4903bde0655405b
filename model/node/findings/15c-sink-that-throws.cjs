'use strict';
// A sink that calls back and then throws stops the stream for ever.
// Breaks: drain is owed. Found by the search of the rules of Node 18, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); },
  ],
  inside: {
    'sink': (w) => { w.done(); },
    'sink, time 2': (w) => { w.done(); w.throws(); },
  },
});
