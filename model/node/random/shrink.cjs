'use strict';
// Makes a random program smaller for as long as a command still fails on it:
//
//     node shrink.cjs SEED 'COMMAND'
//
// The command is run by the shell with the file of a plan as `$PLAN`, for example
// 'HIGHWATER_TRACE=t node --require ../record.cjs ../random.cjs --plan $PLAN; judge t'. Prints the smallest plan that still failed (exited with anything but 0).

const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { plan } = require('./plan.cjs');

const [seed, command] = process.argv.slice(2);
if (!command) {
  console.error("usage: node shrink.cjs SEED 'COMMAND'");
  process.exit(2);
}
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'shrink-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const file = path.join(dir, 'plan.json');

function fails(candidate) {
  fs.writeFileSync(file, JSON.stringify(candidate));
  return spawnSync(command, { shell: true, env: { ...process.env, PLAN: file }, stdio: 'ignore' }).status !== 0;
}

/** Every plan that is one step smaller: a part left out, or something simpler in its place. */
function* smaller(made) {
  for (const at of places(made)) {
    const copy = JSON.parse(JSON.stringify(made));
    const parent = at.slice(0, -1).reduce((part, key) => part[key], copy);
    const key = at[at.length - 1];
    if (Array.isArray(parent)) parent.splice(key, 1);
    else if (parent[key] === null || KEPT.has(key)) continue;
    else if (LIFE.has(key)) parent[key] = null;
    else if (key in SIMPLE) {
      if (parent[key] === SIMPLE[key]) continue;
      parent[key] = SIMPLE[key];
    } else if (typeof parent[key] === 'number') {
      if (parent[key] === 0) continue;
      parent[key] = Math.floor(parent[key] / 2);
    } else delete parent[key];
    yield copy;
  }
}

const KEPT = new Set(['do', 'name', 'seed', 'wild', 'options', 'sink', 'calls', 'listeners', 'actions', 'write']);
const LIFE = new Set(['construct', 'final', 'destroy']);
const SIMPLE = { kind: 'writable', form: 'options', how: 'sync', habit: 'sync', cb: 'none', type: 'string', consume: 'resume' };

// The outer before the inner: what is left out at once need not be left out piece by piece.
function* places(part, at = []) {
  if (part === null || typeof part !== 'object') return;
  const keys = Array.isArray(part) ? [...part.keys()].reverse() : Object.keys(part);
  for (const key of keys) yield [...at, key];
  for (const key of keys) yield* places(part[key], [...at, key]);
}

let best = plan(Number(seed));
// Most programs make few of the sink calls that are drawn for them.
for (let length = 0; length < best.sink.calls.length; length = length * 2 || 1) {
  const cut = { ...best, sink: { ...best.sink, calls: best.sink.calls.slice(0, length) } };
  if (fails(cut)) {
    best = cut;
    break;
  }
}
if (!fails(best)) throw new Error('the command does not fail on this program');
for (let found = true; found;) {
  found = false;
  for (const candidate of smaller(best)) {
    if (!fails(candidate)) continue;
    best = candidate;
    found = true;
    break;
  }
}
console.log(JSON.stringify(best, null, 1));
