'use strict';
// With `autoDestroy: false`, writes after an error are taken and never answered.
// Breaks: callback comes, length returns to 0. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, autoDestroy: false },
  turns: [
    (w) => { w.write(1); },
    (w) => { w.done(true); w.write(2); },
  ],
  inside: {
  },
});
