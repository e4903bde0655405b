'use strict';
// A sink that calls back and then writes, inside a flush, is served out of order and breaks the stream.
// Breaks: end comes, failure is told, waiter is told. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1, { callback: false }); },
  ],
  inside: {
    'sink': (w) => { w.write(2, { callback: false }); w.done(); },
    'sink, time 2': (w) => { w.done(); w.write(3, { callback: false }); w.done(true); },
    'sink, time 3': (w) => { w.end(); },
  },
});
