'use strict';
// An HTTP/2 response of some size, without TLS; each stream of the session is a Duplex of its own.

const http2 = require('http2');

const server = http2.createServer();
server.on('stream', (stream) => {
  stream.respond({ ':status': 200 });
  let left = 20;
  const go = () => {
    while (left > 0) {
      left--;
      if (!stream.write(Buffer.alloc(50_000))) {
        stream.once('drain', go);
        return;
      }
    }
    stream.end();
  };
  go();
});
server.listen(0, '127.0.0.1', () => {
  const client = http2.connect(`http://127.0.0.1:${server.address().port}`);
  let open = 3;
  for (let i = 0; i < 3; i++) {
    const request = client.request({ ':path': `/${i}` });
    request.resume();
    request.on('close', () => {
      if (--open > 0) return;
      client.close();
      server.close();
    });
    request.end();
  }
});
