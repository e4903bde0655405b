'use strict';
// `'finish'` comes after `destroy()`.
// Breaks: close is last. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, final: true },
  turns: [
    (w) => { w.end({ callback: true }); },
  ],
  inside: {
    'final': (w) => { w.finalized(); },
    'prefinish': (w) => { w.destroy(); },
    'destroy hook': (w) => { w.destroyed(); },
  },
});
