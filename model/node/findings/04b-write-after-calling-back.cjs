'use strict';
// A sink that calls back and then writes, inside a flush, is served out of order and breaks the stream.
// Breaks: failure is told. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.cork(); w.write(1); w.uncork(); },
  ],
  inside: {
    'sink': (w) => { w.done(); w.write(2); w.done(true); },
    'sink, time 2': (w) => { w.end(); },
  },
});
