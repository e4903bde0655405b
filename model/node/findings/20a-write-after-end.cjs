'use strict';
// A write after `end()` costs earlier chunks.
// Breaks: late write is harmless. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.end(); w.write(2, { callback: false }); },
  ],
  inside: {
    'destroy hook': (w) => { w.destroyed(); },
  },
});
