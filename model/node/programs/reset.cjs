'use strict';
// The peer resets the connection while much is still to be written.

const net = require('net');

let failed = 0;
const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.on('close', () => server.close());
  for (let i = 0; i < 80; i++) socket.write(Buffer.alloc(100_000), (error) => { if (error) failed++; });
});
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('error', () => {});
  client.once('data', () => client.resetAndDestroy());
});
process.on('exit', () => { if (failed === 0) throw new Error('all was written'); });
