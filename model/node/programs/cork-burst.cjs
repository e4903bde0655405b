'use strict';
// Bursts of small writes, corked, so that each goes out as one.

const net = require('net');

const server = net.createServer((socket) => {
  socket.resume();
  socket.on('end', () => { socket.end(); server.close(); });
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  let bursts = 20;
  const burst = () => {
    if (bursts-- === 0) return client.end();
    client.cork();
    client.write('HEAD ');
    for (let i = 0; i < 30; i++) client.write(`field ${i}; `);
    client.write('\n');
    process.nextTick(() => client.uncork());
    return setTimeout(burst, 2);
  };
  client.on('connect', burst);
});
