'use strict';
// A large transfer over TLS with a shared key, so that no certificate is needed.

const tls = require('tls');

const key = Buffer.from('d731ef57be09e5204f0b205b60627028', 'hex');
const common = { ciphers: 'PSK', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' };
const server = tls.createServer({ ...common, pskCallback: () => key }, (socket) => {
  let left = 30;
  const go = () => {
    while (left > 0) {
      left--;
      if (!socket.write(Buffer.alloc(50_000))) {
        socket.once('drain', go);
        return;
      }
    }
    socket.end();
  };
  socket.on('error', () => {});
  go();
});
server.listen(0, '127.0.0.1', () => {
  const client = tls.connect({
    ...common, port: server.address().port, host: '127.0.0.1', pskCallback: () => ({ psk: key, identity: 'client' }), checkServerIdentity: () => undefined,
  });
  client.on('data', () => {
    client.pause();
    setTimeout(() => client.resume(), 1);
  });
  client.on('close', () => server.close());
});
