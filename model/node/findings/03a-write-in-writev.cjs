'use strict';
// A chunk written inside `_writev` is lost, and its callback is told of success.
// Breaks: delivered, success is true, drain comes, length returns to 0. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2, writev: true },
  turns: [
    (w) => { w.cork(); w.write(1); w.write(2); w.uncork(); },
    (w) => { w.done(); },
  ],
  inside: {
    'sink': (w) => { w.write(3); },
  },
});
