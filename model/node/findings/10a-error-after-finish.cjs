'use strict';
// `'error'` comes after `'finish'`.
// Breaks: error or finish. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.end(); },
  ],
  inside: {
    'finish': (w) => { w.destroy(true); },
    'destroy hook': (w) => { w.destroyed(); },
  },
});
