'use strict';
// A large body to a client that reads slowly, in chunks whose framing Node's http makes.
const http = require('http');

const server = http.createServer((request, response) => {
  let chunks = 0;
  (function go() {
    while (chunks++ < 200) {
      if (!response.write(Buffer.alloc(4000))) return response.once('drain', go);
    }
    response.end('end');
  })();
});
server.listen(0, () => {
  http.get({ port: server.address().port, agent: false }, (response) => {
    response.pause();
    setTimeout(() => response.resume(), 20);
    response.on('data', () => {});
    response.on('end', () => server.close());
  });
});
