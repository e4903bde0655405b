'use strict';
// The client goes away, and the handler waits for a drain for ever.
// says: ServerResponse #N: a drain is waited for that can never come after 'close'
const http = require('http');
const { once } = require('events');
const server = http.createServer(async (request, response) => {
  for (let i = 0; i < 1000; i++) {
    if (!response.write(Buffer.alloc(100_000))) await once(response, 'drain'); // here
  }
  response.end();
}).listen(0, () => {
  const request = http.get({ port: server.address().port, agent: false }, (response) => {
    response.once('data', () => {
      response.pause();
      setTimeout(() => { request.destroy(); server.close(); }, 50);
    });
  });
});
