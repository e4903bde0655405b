'use strict';
// The same server, but it writes everything at once.

const net = require('net');

const server = net.createServer((socket) => {
  for (let i = 0; i < 60; i++) socket.write(Buffer.alloc(100_000));
  socket.end(() => server.close());
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('data', () => {
    client.pause();
    setTimeout(() => client.resume(), 2);
  });
});
