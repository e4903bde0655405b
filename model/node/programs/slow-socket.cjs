'use strict';
// A socket whose reader wakes up late; the writer waits for drain.
const net = require('net');

const server = net.createServer((socket) => {
  socket.pause();
  setTimeout(() => socket.resume(), 50);
  socket.on('end', () => {
    socket.end('done');
    server.close();
  });
});
server.listen(0, () => {
  const socket = net.connect(server.address().port);
  let chunks = 0;
  (function go() {
    while (chunks++ < 100) {
      if (!socket.write(Buffer.alloc(50000))) return socket.once('drain', go);
    }
    socket.end();
  })();
  socket.resume();
});
