'use strict';
// A large HTTP response in chunks to a slow client. The response is no Writable of `stream`, but the socket below it is.

const http = require('http');

const server = http.createServer((request, response) => {
  let left = 40;
  const go = () => {
    while (left > 0) {
      left--;
      if (!response.write(Buffer.alloc(100_000))) {
        response.once('drain', go);
        return;
      }
    }
    response.end('the end');
  };
  go();
});
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (response) => {
    response.on('data', () => {
      response.pause();
      setTimeout(() => response.resume(), 2);
    });
    response.on('end', () => server.close());
  });
});
