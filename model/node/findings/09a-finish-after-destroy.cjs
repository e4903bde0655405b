'use strict';
// `'finish'` comes after `destroy()`.
// Breaks: finish is true. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, final: true },
  turns: [
    (w) => { w.end({ callback: true }); w.destroy(); },
  ],
  inside: {
    'final': (w) => { w.finalized(); },
  },
});
