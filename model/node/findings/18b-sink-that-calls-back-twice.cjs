'use strict';
// A second call of the sink's callback is taken for the next chunk's.
// Breaks: one call at a time. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.write(3); },
  ],
  inside: {
    'sink': (w) => { w.done(); },
    'sink, time 2': (w) => { w.again('sink'); },
  },
});
