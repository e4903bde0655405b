'use strict';
// A `_final` that calls back and then fails both finishes and fails the stream.
// Breaks: finish is true. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, final: true },
  turns: [
    (w) => { w.end({ callback: true }); },
  ],
  inside: {
    'final': (w) => { w.finalized(); w.throws(); },
  },
});
