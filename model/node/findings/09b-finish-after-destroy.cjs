'use strict';
// `'finish'` comes after `destroy()`.
// Breaks: finish is true. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.end({ callback: true }); },
  ],
  inside: {
    'callback of end 1': (w) => { w.destroy(); },
  },
});
