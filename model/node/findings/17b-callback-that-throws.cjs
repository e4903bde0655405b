'use strict';
// A callback that throws hides the failure that it was told of, or makes others come twice.
// Breaks: callback once. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.destroy(); },
  ],
  inside: {
    'destroy hook': (w) => { w.done(); },
    'callback of 2': (w) => { w.throws(); },
  },
});
