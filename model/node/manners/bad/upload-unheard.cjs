'use strict';
// Nobody listens to the error of a request.
// says: ClientRequest #N: an error nobody listened to: Error ECONNREFUSED
// exits: 1
const http = require('http');
http.request({ port: 1, agent: false }).end('x'); // here
