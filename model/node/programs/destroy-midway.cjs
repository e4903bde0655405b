'use strict';
// A peer that goes away in the middle, and a file that is destroyed while it is written.
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.destroy();
    server.close();
  });
});
server.listen(0, () => {
  const socket = net.connect(server.address().port);
  socket.on('error', () => {});
  for (let i = 0; i < 20; i++) socket.write(Buffer.alloc(50000), () => {});
});

const name = path.join(os.tmpdir(), `highwater-destroy-${process.pid}`);
const file = fs.createWriteStream(name);
file.on('error', () => {});
file.on('close', () => fs.unlinkSync(name));
file.on('open', () => {
  for (let i = 0; i < 20; i++) file.write(Buffer.alloc(10000), () => {});
  setImmediate(() => file.destroy());
});
