'use strict';
// A write callback that ends the stream makes a failed chunk be written, and be called back twice.
// Breaks: callback once. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.cork(); },
    (w) => { w.done(true); },
    (w) => { w.done(); },
  ],
  inside: {
    'callback of 2': (w) => { w.end(); },
  },
});
