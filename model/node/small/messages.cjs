'use strict';
// Requests and responses of http, which keep what their socket does not take: messages.cjs <name>.

const http = require('http');
const { Readable } = require('stream');
const { once } = require('events');
const say = console.log;

function watch(name, message) {
  for (const event of ['drain', 'prefinish', 'finish', 'close', 'error']) message.on(event, (error) => say(name, event, error && error.code));
  return message;
}

// A server that answers so, and a client that asks so; what comes back is said.
function talk(options, answer, ask) {
  const server = http.createServer(answer).listen(0, () => {
    const request = http.request({ port: server.address().port, agent: false, ...options }, (response) => {
      let got = 0;
      response.on('data', (data) => { got += data.length; }).on('close', () => { say('got', response.statusCode, got, response.complete); server.close(); });
    });
    request.on('error', (error) => { say('request', error.code); server.close(); });
    ask(request);
  });
  return server;
}

const read = (request, done) => { let got = 0; request.on('data', (data) => { got += data.length; }).on('end', () => done(got)); };
const echo = (request, response) => read(request, (got) => response.end(String(got)));
const chunk = Buffer.alloc(20000, 'x');

const cases = {
  upload() { talk({ method: 'POST' }, echo, (request) => { watch('up', request); let told = 0; for (let i = 0; i < 50; i++) if (!request.write(chunk)) told++; say(told, request.writableLength > 0, request.writableNeedDrain); request.end(() => say('ended')); }); },
  uploadPolitely() { talk({ method: 'POST' }, echo, async (request) => { for (let i = 0; i < 30; i++) if (!request.write(chunk)) await once(request, 'drain'); request.end(); }); },
  uploadLength() { talk({ method: 'PUT', headers: { 'content-length': 200000 } }, echo, (request) => { for (let i = 0; i < 10; i++) say(request.write(chunk)); request.end(); }); },
  chunked() { talk({}, (request, response) => { watch('res', response); let i = 0; const timer = setInterval(() => { if (++i > 5) { clearInterval(timer); response.end('z'); return; } for (let k = 0; k < 20; k++) response.write(chunk, () => k === 19 && say('written', i)); }, 1); }, (request) => request.end()); },
  politely() { talk({}, async (request, response) => { for (let i = 0; i < 40; i++) if (!response.write(chunk)) await once(response, 'drain'); response.end(); }, (request) => request.end()); },
  head() { talk({ method: 'HEAD' }, (request, response) => { say(response.write('body'), response.write(chunk)); response.end('more', () => say('ended')); }, (request) => request.end()); },
  empty() { talk({}, (request, response) => { say(response.write(''), response.write('a'), response.write('')); response.end(); }, (request) => request.end()); },
  strings() { talk({}, (request, response) => { say(response.write('68690a', 'hex'), response.write('ü', 'latin1'), response.write(new Uint8Array(3))); response.end('end', 'utf8'); }, (request) => request.end()); },
  bad() { talk({}, (request, response) => { for (const what of [null, undefined, 5, {}]) try { say(response.write(what)); } catch (error) { say(error.code); } response.end(); }, (request) => request.end()); },
  afterEnd() { talk({}, (request, response) => { watch('res', response).end('x'); say(response.write('y', (error) => say('cb', error.code))); response.end((error) => say('again', error && error.code)); }, (request) => request.end()); },
  destroy() { talk({}, (request, response) => { watch('res', response).write(chunk); response.destroy(new Error('no')); say(response.destroyed, response.write('x', (error) => say('cb', error && error.code))); }, (request) => request.end()); },
  abort() { talk({ method: 'POST' }, (request) => { request.on('error', () => {}); }, (request) => { watch('up', request).write('x'); setTimeout(() => request.destroy(), 30); }); },
  gone() { const server = talk({}, async (request, response) => { watch('res', response); response.on('close', () => say('waits', response.listenerCount('drain'))); while (response.write(Buffer.alloc(1e6))); await once(response, 'drain'); say('never'); }, (request) => { request.on('response', (response) => response.once('data', () => request.destroy())).end(); }); server.on('close', () => say('closed')); },
  pipe() { talk({}, (request, response) => { watch('res', response); Readable.from([chunk, chunk, chunk]).pipe(response); }, (request) => request.end()); },
  cork() { talk({}, (request, response) => { response.cork(); say(response.write('a'), response.writableCorked); response.cork(); response.write('b'); response.uncork(); response.uncork(); response.end('c'); }, (request) => request.end()); },
  headers() { talk({}, (request, response) => { response.flushHeaders(); setTimeout(() => { say(response.headersSent, response.write('a')); response.addTrailers({ t: '1' }); response.end(); }, 5); }, (request) => request.end()); },
  upgrade() { const server = http.createServer().on('upgrade', (request, socket) => { socket.write('HTTP/1.1 101 ok\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'); socket.on('data', (data) => socket.end(data)); }).listen(0, () => { http.request({ port: server.address().port, agent: false, headers: { connection: 'upgrade', upgrade: 'x' } }).on('upgrade', (response, socket) => { say(socket.write('ping')); socket.on('data', (data) => say(String(data))).on('close', () => { say('closed'); server.close(); }); }).end(); }); },
  refused() { watch('req', http.request({ port: 1, agent: false })).end('x'); },
  unheard() { http.request({ port: 1, agent: false }).end('x'); },
  keepAlive() { const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }); const server = http.createServer(echo).listen(0, async () => { for (let i = 0; i < 3; i++) await new Promise((done) => { const request = http.request({ port: server.address().port, agent, method: 'POST' }, (response) => { response.resume().on('end', () => { say('end', i); done(); }); }); request.write('a'); request.end('b'); }); agent.destroy(); server.close(); }); },
  throws() { talk({}, (request, response) => { response.on('finish', () => { throw new Error('in finish'); }); response.end('x'); }, (request) => request.end()); },
  own() { class Answer extends http.ServerResponse { write(...given) { say('own write'); return super.write(...given); } } const server = http.createServer({ ServerResponse: Answer }, (request, response) => { response.write('a'); response.end('b'); }).listen(0, () => http.get({ port: server.address().port, agent: false }, (response) => response.resume().on('end', () => server.close()))); },
  plain() { const message = new http.OutgoingMessage(); try { say(message.write('x'), message.writableLength); message.end(() => say('ended')); message.destroy(); } catch (error) { say(error.code, error.message); } },
};
cases[process.argv[2]]();
