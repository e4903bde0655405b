'use strict';
// An upload that is written before there is a socket to take it.
// says: goes on writing to ClientRequest
const http = require('http');
const server = http.createServer((request, response) => request.resume().on('end', () => response.end())).listen(0, () => {
  const request = http.request({ port: server.address().port, method: 'POST', agent: false }, (response) => response.resume().on('end', () => server.close()));
  for (let i = 0; i < 100; i++) request.write(Buffer.alloc(20_000)); // here
  request.end();
});
