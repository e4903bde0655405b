'use strict';
// A listener that throws takes callbacks, `'finish'` or `'close'` with it.
// Breaks: callback comes. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); },
    (w) => { w.done(); },
    (w) => { w.done(); },
  ],
  inside: {
    'drain': (w) => { w.throws(); },
  },
});
