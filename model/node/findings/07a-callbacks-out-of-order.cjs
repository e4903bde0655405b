'use strict';
// Callbacks of writes come out of order when the sink is sometimes synchronous.
// Breaks: callbacks in order. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1); w.write(2); w.write(3); w.end(); },
  ],
  inside: {
    'sink': (w) => { w.done(); },
    'sink, time 2': (w) => { w.done(); },
    'callback of 1': (w) => { w.done(); },
  },
});
