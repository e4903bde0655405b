'use strict';
// With `autoDestroy: false`, writes after an error are taken and never answered.
// Breaks: order. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, autoDestroy: false },
  turns: [
    (w) => { w.write(1); w.write(2); w.cork(); },
    (w) => { w.done(true); w.write(3); w.end(); },
  ],
  inside: {
  },
});
