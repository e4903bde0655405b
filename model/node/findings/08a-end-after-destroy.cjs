'use strict';
// `end(callback)` after `destroy()` never calls back.
// Breaks: callback comes. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.destroy(); w.end({ callback: true }); },
  ],
  inside: {
    'destroy hook': (w) => { w.destroyed(); },
  },
});
