'use strict';
// A file is sent with `pipe` to an HTTP server that stores it.

const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'upload-'));
process.on('exit', () => fs.rmSync(dir, { recursive: true, force: true }));

const from = path.join(dir, 'from');
fs.writeFileSync(from, Buffer.alloc(1_500_000, 'upload'));
const server = http.createServer((request, response) => {
  const store = fs.createWriteStream(path.join(dir, 'stored'));
  request.pipe(store);
  store.on('finish', () => response.end(`${store.bytesWritten}`));
});
server.listen(0, '127.0.0.1', () => {
  const request = http.request({ port: server.address().port, host: '127.0.0.1', method: 'POST', agent: false }, (response) => {
    response.resume();
    response.on('end', () => server.close());
  });
  fs.createReadStream(from).pipe(request);
});
