'use strict';
// A request and its response, both written politely, by hand and by a pipeline.
const http = require('http');
const { once } = require('events');
const { Readable, pipeline } = require('stream');
const chunks = function* chunks() { for (let i = 0; i < 60; i++) yield Buffer.alloc(20_000); };
const server = http.createServer((request, response) => request.resume().on('end', () => pipeline(Readable.from(chunks()), response, () => {}))).listen(0, async () => {
  const request = http.request({ port: server.address().port, method: 'POST', agent: false }, (response) => response.resume().on('end', () => server.close()));
  for (const chunk of chunks()) if (!request.write(chunk)) await once(request, 'drain');
  request.end();
});
