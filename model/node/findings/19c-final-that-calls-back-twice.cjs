'use strict';
// A `_final` that calls back and then fails both finishes and fails the stream.
// Breaks: callback comes. Found by the search of the rules of Node 18, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, final: true },
  turns: [
    (w) => { w.write(1); },
    (w) => { w.done(); w.end({ callback: true }); w.finalized(); },
  ],
  inside: {
    'final': (w) => { w.again('sink'); },
    'destroy hook': (w) => { w.destroyed(); },
  },
});
