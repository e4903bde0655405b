'use strict';
// A server writes to a client that reads slowly: the socket's buffers fill, and `write` says false for long.

const net = require('net');

const server = net.createServer((socket) => {
  let left = 60;
  const go = () => {
    while (left > 0) {
      left--;
      if (!socket.write(Buffer.alloc(100_000))) {
        socket.once('drain', go);
        return;
      }
    }
    socket.end(() => server.close());
  };
  go();
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('data', () => {
    client.pause();
    setTimeout(() => client.resume(), 2);
  });
});
