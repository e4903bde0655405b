'use strict';
// The client goes away, and the handler hears of it.
const http = require('http');
const { once } = require('events');
const server = http.createServer(async (request, response) => {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    for (;;) if (!response.write(Buffer.alloc(100_000))) await once(response, 'drain', { signal: gone.signal });
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
}).listen(0, () => {
  const request = http.get({ port: server.address().port, agent: false }, (response) => {
    response.once('data', () => {
      response.pause();
      setTimeout(() => { request.destroy(); server.close(); }, 50);
    });
  });
});
