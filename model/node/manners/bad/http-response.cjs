'use strict';
// A response written from a timer, chunk after chunk, whatever `write` answers.
// says: goes on writing to ServerResponse
const http = require('http');
const server = http.createServer((request, response) => {
  let rounds = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < 30; i++) response.write(Buffer.alloc(20_000)); // here
    if (++rounds < 10) return;
    clearInterval(timer);
    response.end();
  }, 2);
}).listen(0, () => {
  http.get({ port: server.address().port, agent: false }, (response) => {
    response.on('data', () => { response.pause(); setTimeout(() => response.resume(), 1); }).on('end', () => server.close());
  });
});
