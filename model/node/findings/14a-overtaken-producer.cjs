'use strict';
// One of two polite producers is told to go on while the other waits.
// Breaks: nobody overtakes. Found by the search of the rules of Node 20 and later, and generated from it: see docs/NODE-FINDINGS.md.
require('./harness.cjs')({
  options: { highWaterMark: 3, objectMode: true },
  turns: [
    (w) => { w.write(1, { by: 1 }); w.write(2, { by: 1 }); w.write(3, { by: 1 }); },
    (w) => { w.done(); w.write(4, { by: 2 }); },
  ],
  inside: {
    'sink, time 2': (w) => { w.done(); },
  },
});
