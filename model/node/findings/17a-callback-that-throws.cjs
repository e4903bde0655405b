'use strict';
// A callback that throws hides the failure that it was told of, or makes others come twice.
// Breaks: failure is told. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); },
    (w) => { w.done(true); },
  ],
  inside: {
    'callback of 1': (w) => { w.throws(); },
  },
});
