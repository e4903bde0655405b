'use strict';
// What happened over a run, for `--stats`: in how many programs, and how often. A generator that never makes something happen tests nothing of it.

const totals = new Map(); // name -> [programs, times]
let current = new Set();
let activity = 0;

/** Something of this name happened in the program that runs. */
function note(name) {
  activity++;
  let total = totals.get(name);
  if (!total) totals.set(name, total = [0, 0]);
  total[1]++;
  if (current.has(name)) return;
  current.add(name);
  total[0]++;
}

function begin() {
  current = new Set();
  note('program');
}

function print() {
  const [programs] = totals.get('program');
  const rows = [...totals].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, [within, times]] of rows) {
    const percent = (100 * within) / programs;
    console.log(`${name.padEnd(34)} ${percent.toFixed(1).padStart(6)} % ${String(times).padStart(9)}${percent < 1 ? '  rare' : ''}`);
  }
}

module.exports = { note, begin, print, activity: () => activity };
