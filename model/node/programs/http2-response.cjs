'use strict';
// A response over HTTP/2.
const http2 = require('http2');

const server = http2.createServer();
server.on('stream', (stream) => {
  stream.respond({ ':status': 200 });
  let chunks = 0;
  (function go() {
    while (chunks++ < 50) {
      if (!stream.write(Buffer.alloc(3000))) return stream.once('drain', go);
    }
    stream.end('end');
  })();
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const request = client.request({ ':path': '/' });
  request.on('data', () => {});
  request.on('end', () => {
    client.close();
    server.close();
  });
  request.end();
});
