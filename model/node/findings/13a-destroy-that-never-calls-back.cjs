'use strict';
// A `_destroy` that does not call back leaves everybody waiting.
// Breaks: close comes. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, muteDestroy: true },
  turns: [
    (w) => { w.destroy(); },
  ],
  inside: {
  },
});
