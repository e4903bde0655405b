'use strict';
// A sink that calls back and then writes, inside a flush, is served out of order and breaks the stream.
// Breaks: order. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 2 },
  turns: [
    (w) => { w.cork(); w.write(1); w.write(2); w.uncork(); },
  ],
  inside: {
    'sink': (w) => { w.done(); w.write(3); },
  },
});
