'use strict';
// The ways to do something after the current call. No timers: when one fires is not the program's to say.

const { note } = require('./tally.cjs');

function later(how, run) {
  const counted = () => { note(`later ${how}`); run(); };
  switch (how) {
    case 'tick': return void process.nextTick(counted);
    case 'micro': return queueMicrotask(counted);
    case 'promise': return void Promise.resolve().then(counted); // what it throws is an unhandled rejection
    case 'immediate': return void setImmediate(counted);
    default: throw new TypeError(`no such time: ${how}`);
  }
}

module.exports = { later };
