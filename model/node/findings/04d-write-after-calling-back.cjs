'use strict';
// A sink that calls back and then writes, inside a flush, is served out of order and breaks the stream.
// Breaks: drain comes. Found by the search of the rules of Node 18, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.write(1, { callback: false }); },
  ],
  inside: {
    'sink': (w) => { w.done(); w.write(2, { callback: false }); },
    'sink, time 2': (w) => { w.write(3, { callback: false }); w.done(); w.done(); },
  },
});
