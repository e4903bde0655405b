'use strict';
// Node 18 does not call `end`'s callback when `_final` fails at once.
// Breaks: callback comes. Found by the search of the rules of Node 18, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, final: true },
  turns: [
    (w) => { w.end({ callback: true }); },
  ],
  inside: {
    'final': (w) => { w.finalized(true); },
    'destroy hook': (w) => { w.destroyed(); },
  },
});
