'use strict';
// Node's own streams, each over something real.
const fs = require('fs'), os = require('os'), path = require('path'), net = require('net'), http = require('http'), zlib = require('zlib');
const { pipeline, PassThrough, Readable, Writable } = require('stream');
const { spawn, fork } = require('child_process');
const crypto = require('crypto');
const say = console.log;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'small-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));
const watch = (name, stream) => {
  for (const event of ['drain', 'finish', 'close', 'error']) stream.on(event, (error) => say(name, event, error && error.code));
  return stream;
};

const cases = {
  file() {
    const file = watch('file', fs.createWriteStream(path.join(dir, 'a'), { highWaterMark: 10 }));
    say(file.write('hello'), file.write('x'.repeat(20)), file.pending);
    file.on('open', () => say('open'));
    file.end('end', () => say(fs.readFileSync(path.join(dir, 'a'), 'utf8').length, file.bytesWritten));
  },
  missing() { watch('missing', fs.createWriteStream(path.join(dir, 'no', 'a'))).write('x', (error) => say(error.code)); },
  fd() { const file = watch('fd', fs.createWriteStream(null, { fd: fs.openSync(path.join(dir, 'b'), 'w'), emitClose: false })); file.cork(); file.write('1'); file.write('2'); file.uncork(); file.close((error) => say('closed', error)); },
  copy() { const from = path.join(dir, 'big'); fs.writeFileSync(from, Buffer.alloc(3e6, 'abc')); pipeline(fs.createReadStream(from), zlib.createGzip(), zlib.createGunzip(), fs.createWriteStream(path.join(dir, 'copy')), (error) => say(error, fs.readFileSync(path.join(dir, 'copy')).equals(fs.readFileSync(from)))); },
  zlib() { const gz = zlib.createGzip({ level: 9 }); const all = []; gz.on('data', (data) => all.push(data)).on('end', () => say(zlib.gunzipSync(Buffer.concat(all)).toString())); gz.write('abc', () => say('written')); gz.flush(() => say('flushed')); gz.params && gz.end('def', () => say('ended')); },
  bad() { const un = watch('bad', zlib.createGunzip()); un.resume(); un.end('not gzip', (error) => say('ended', error && error.code)); },
  net() {
    const server = net.createServer((socket) => { socket.on('data', (data) => socket.write(data)).on('end', () => say('server end')); });
    server.listen(0, () => {
      const socket = net.connect(server.address().port);
      let got = 0;
      socket.write('early', () => say('early written'));
      socket.on('data', (data) => { got += data.length; if (got === 100005) socket.end(() => say('ended')); }).on('close', (bad) => { say('close', bad, got, socket.bytesWritten); server.close(); });
      socket.on('connect', () => { socket.cork(); socket.write('x'.repeat(50000)); socket.write(Buffer.alloc(50000)); process.nextTick(() => socket.uncork()); });
    });
  },
  refused() { const server = net.createServer().listen(0, () => { const { port } = server.address(); server.close(() => { const socket = watch('refused', net.connect(port, '127.0.0.1')); socket.write('x', (error) => say('cb', error.code)); }); }); },
  reconnect() { const server = net.createServer((socket) => socket.resume().on('error', () => {})).listen(0, () => { const { port } = server.address(); const socket = net.connect(port); let times = 0; socket.on('connect', () => { say('connect', socket.writable); socket.write('x'); socket.resume(); socket.end(); }).on('close', () => { say('close', socket.destroyed); if (++times < 2) socket.connect(port); else server.close(); }); }); },
  http() {
    const server = http.createServer((request, response) => { let got = 0; request.on('data', (data) => { got += data.length; }).on('end', () => { response.write('a'.repeat(70000)); response.end(String(got), () => say('responded')); }); });
    server.listen(0, () => { const request = http.request({ port: server.address().port, method: 'POST', agent: false }, (response) => { let got = 0; response.on('data', (data) => { got += data.length; }).on('end', () => { say(response.statusCode, got); server.close(); }); }); request.write('body'); request.end('x'.repeat(40000), () => say('sent')); });
  },
  http2() { const http2 = require('http2'); const server = http2.createServer(); server.on('stream', (stream) => { stream.respond({ ':status': 200 }); stream.write('hello '); stream.pipe(stream); }); server.listen(0, () => { const client = http2.connect(`http://localhost:${server.address().port}`); const request = client.request({ ':method': 'POST' }); let text = ''; request.setEncoding('utf8').on('data', (data) => { text += data; }).on('close', () => { say(text); client.close(); server.close(); }); request.write('wor'); request.end('ld'); }); },
  fetch() { const server = http.createServer((request, response) => { request.pipe(response); }).listen(0, async () => { try { const response = await fetch(`http://localhost:${server.address().port}`, { method: 'POST', body: 'x'.repeat(1000), headers: { connection: 'close' } }); say(response.status, (await response.text()).length); } catch (error) { say(error.message); } server.close(); server.closeAllConnections(); }); },
  child() { const child = spawn(process.execPath, ['-e', 'process.stdin.on("data", (d) => process.stdout.write(d)).on("end", () => process.exit(7))']); let got = 0; watch('stdin', child.stdin).write('x'.repeat(200000), (error) => say('cb', error)); child.stdout.on('data', (data) => { got += data.length; }); child.stdin.end(); child.on('close', (code) => say(code, got)); },
  epipe() { const child = spawn(process.execPath, ['-e', 'process.stdin.destroy(); setTimeout(() => {}, 100)']); child.stdin.on('error', (error) => say(error.code)).on('close', () => say('close')); setTimeout(() => { child.stdin.write('x'.repeat(500000)); }, 70); child.on('close', () => say('gone')); },
  fork() { const child = fork(path.join(__dirname, 'uncaught.cjs'), ['drain'], { silent: true }); let text = ''; child.stdout.on('data', (data) => { text += data; }); child.on('close', (code) => say(code, text)); },
  stdout() { for (let i = 0; i < 3000; i++) process.stdout.write(`${i} ${'x'.repeat(60)}\n`, i % 1000 === 0 ? () => say('written', i) : undefined); },
  stdoutExit() { for (let i = 0; i < 500; i++) say(i, 'x'.repeat(100)); process.exit(0); },
  stdin() { process.stdin.pipe(new Writable({ write(chunk, encoding, cb) { say(String(chunk)); cb(); } })).on('finish', () => say('finish')); },
  crypto() { const hash = crypto.createHash('sha1'); hash.on('finish', () => say('finish')).on('readable', () => { const data = hash.read(); if (data) say(data.toString('hex')); }); hash.write('abc', () => say('cb')); hash.end('def'); const cipher = crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); pipeline(Readable.from(['abc', 'def']), cipher, new PassThrough().on('data', (data) => say(data.toString('hex'))), (error) => say('ciphered', error)); say(Object.keys(crypto.createHash('md5'))); },
  tls() { const tls = require('tls'); const pair = new (require('stream').Duplex)({ read() {}, write(chunk, encoding, cb) { say('hello', chunk[0]); cb(); } }); const socket = tls.connect({ socket: pair, rejectUnauthorized: false }); socket.on('error', (error) => say(error.code)); socket.write('x', (error) => say('cb', error && error.code)); setTimeout(() => { pair.push(null); }, 20); },
  worker() { const { Worker } = require('worker_threads'); const worker = new Worker(`const { Writable } = require('stream'); const s = new Writable({ write(c, e, cb) { setImmediate(cb); } }); s.on('drain', () => console.log('drain')); console.log(s.write('x'.repeat(1e5))); process.on('exit', (code) => console.log('worker exit', code)); s.end(() => { console.error('err'); if (process.env.X) process.exit(3); });`, { eval: true }); worker.on('exit', (code) => say('exit', code)); },
  workerDies() { const { Worker } = require('worker_threads'); const worker = new Worker('const { Writable } = require("stream"); new Writable({ write(c, e, cb) { throw new Error("in worker"); } }).write("x")', { eval: true }); worker.on('error', (error) => say(error.message)).on('exit', (code) => say('exit', code)); },
  workerExit() { const { Worker } = require('worker_threads'); const worker = new Worker('console.log("hi"); process.exit(4)', { eval: true }); worker.on('exit', (code) => say('exit', code)); },
  workerKilled() { const { Worker } = require('worker_threads'); const worker = new Worker('setInterval(() => {}, 10); require("worker_threads").parentPort.postMessage(1)', { eval: true }); worker.on('message', () => worker.terminate().then((code) => say(code))); },
  readline() { const readline = require('readline'); const rl = readline.createInterface({ input: Readable.from(['a\nb\n', 'c\n']), output: new Writable({ write(chunk, encoding, cb) { say(JSON.stringify(String(chunk))); cb(); } }) }); rl.on('line', (line) => say('line', line)).on('close', () => say('close')); rl.setPrompt('> '); rl.prompt(); },
};
cases[process.argv[2]]();
