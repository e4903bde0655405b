'use strict';
// Does a program notice the recorder? Runs the programs in small/ without it, with it, and with sites, and compares what they print, what
// Node prints when they die, and how they exit: `node transparent.cjs [node-binary]...`; RECORDER=file tests another recorder, and so seeded bugs.
// Exits 1 if one differs. Overlooked is what a stack shows: the lines of the recorder,
// and by which property a function was found.

const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const small = path.join(__dirname, 'small');
const recorder = path.resolve(process.env.RECORDER || path.join(__dirname, 'record.cjs'));
const binaries = process.argv.length > 2 ? process.argv.slice(2) : [process.execPath];
const words = (text) => text.trim().split(/\s+/);

const programs = [];
for (const kind of ['Writable', 'Duplex', 'Transform']) {
  for (const sink of ['sync', 'tick', 'async', 'error', 'late', 'throw', 'twice']) programs.push(['options.cjs', kind, sink]);
}
const named = {
  'uncaught.cjs': 'sink later construct final destroy drain prefinish finish close callback endcallback error object listener null type encoding cork end value code exit rejection none',
  'exit.cjs': 'natural now sink callback before revived exit code set kill really abort',
  'system.cjs': `file missing fd copy zlib bad net refused reconnect http http2 fetch child epipe fork stdout stdoutExit stdin crypto tls worker
    workerDies workerExit workerKilled readline`,
  'library.cjs': `pipe pipeline fails premature generator promises finished compose from web iterate abort captured dispose domain prepare spied
    console emits deep`,
  'messages.cjs': `upload uploadPolitely uploadLength chunked politely head empty strings bad afterEnd destroy abort gone pipe cork headers upgrade
    refused unheard keepAlive throws own plain`,
};
for (const [file, list] of Object.entries(named)) for (const name of words(list)) programs.push([file, name]);
for (const file of ['classes.cjs', 'inspect.cjs', 'batch.cjs']) programs.push([file]);

// A difference may be chance, where processes and sockets race: it counts if the program alone gave the same twice.
function run(binary, program, environment, required) {
  return new Promise((resolve) => {
    const flags = ['--stack-trace-limit=100', ...(required ? ['--require', recorder] : [])];
    const child = spawn(binary, [...flags, path.join(small, program[0]), ...program.slice(1)], { env: { ...process.env, ...environment }, timeout: 60000 });
    const result = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (data) => { result[name] += data; });
    child.stdin.on('error', () => {}).end('from stdin');
    child.on('close', (code, signal) => {
      for (const name of ['stdout', 'stderr']) result[name] = plain(result[name]);
      resolve({ ...result, code, signal });
    });
  });
}

function plain(text) {
  return text.split('\n').filter((line) => !/^\s+at .*record[^/]*\.cjs:\d+/.test(line))
    .join('\n').replace(/ \[as \w+\]/g, '').replace(/^\((node:)\d+\)/gm, '($1PID)');
}

const same = (a, b) => ['stdout', 'stderr', 'code', 'signal'].every((key) => a[key] === b[key]);

function show(name, alone, recorded) {
  console.log(`DIFFERS: ${name}`);
  for (const key of ['code', 'signal', 'stdout', 'stderr']) {
    if (alone[key] === recorded[key]) continue;
    const [before, after] = [alone[key], recorded[key]].map((value) => String(value).split('\n'));
    let at = 0;
    while (before[at] === after[at]) at++;
    console.log(`  ${key}, line ${at + 1}\n    alone    ${before.slice(at, at + 3).join('\n             ')}\n    recorded ${after.slice(at, at + 3).join('\n             ')}`);
  }
}

// What the recorder wrote must be whole lines of JSON, numbered without a gap.
function flaw(dir) {
  for (const file of fs.existsSync(dir) ? fs.readdirSync(dir) : []) {
    let n = 0;
    let t = 0;
    for (const line of fs.readFileSync(path.join(dir, file), 'utf8').trimEnd().split('\n').slice(1)) {
      try {
        const event = JSON.parse(line);
        if (event.n !== ++n || event.t < t) return `${file}: ${line}`;
        t = event.t;
      } catch {
        return `${file}: ${line}`;
      }
    }
  }
  return fs.existsSync(dir) ? null : 'no trace';
}

async function compare(binary, program, counts) {
  const name = `${path.basename(path.resolve(binary, '../../../..'))} ${program.join(' ')}`;
  let alone = await run(binary, program, { HIGHWATER_TRACE: '' }, false);
  for (const sites of ['0', '1']) {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'transparent-'));
    const traces = path.join(dir, 'traces');
    let recorded = await run(binary, program, { HIGHWATER_TRACE: traces, HIGHWATER_SITES: sites }, true);
    let known = same(alone, recorded);
    for (let more = 0; !known && more < 3; more++) {
      const again = await run(binary, program, { HIGHWATER_TRACE: '' }, false);
      if (!same(again, alone)) counts.chance.add(name);
      alone = again;
      recorded = await run(binary, program, { HIGHWATER_TRACE: traces, HIGHWATER_SITES: sites }, true);
      known = counts.chance.has(name) && same(alone, recorded);
    }
    counts.compared++;
    const wrong = known ? flaw(traces) : null;
    if (!known) show(`${name}${sites === '1' ? ' with sites' : ''}`, alone, recorded);
    if (wrong) console.log(`TRACE: ${name}: ${wrong}`);
    if (!known || wrong) counts.different++;
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

async function main() {
  const counts = { compared: 0, different: 0, chance: new Set() };
  const only = process.env.ONLY && new RegExp(process.env.ONLY);
  const rest = binaries.flatMap((binary) => programs.filter((one) => !only || only.test(one.join(' '))).map((one) => [binary, one]));
  const total = rest.length;
  await Promise.all([0, 1].map(async () => {
    for (let next; (next = rest.shift());) await compare(...next, counts);
  }));
  if (counts.chance.size) console.log(`not the same twice even alone: ${[...counts.chance].join(', ')}`);
  console.log(`${total} programs, ${counts.compared} comparisons, ${counts.different} different`);
  process.exitCode = counts.different > 0 ? 1 : 0;
}

main();
