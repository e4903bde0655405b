'use strict';

/** The chunk of an action. What some version of Node refuses is among them. */
function chunkOf({ type, len }) {
  switch (type) {
    case 'string': return 'x'.repeat(len);
    case 'wide': return '\u00e9\u20ac\ud83d\ude00'.slice(0, len); // fewer UTF-16 units than bytes; may end in half a pair
    case 'buffer': return Buffer.alloc(len, 'b');
    case 'uint8': return new Uint8Array(len);
    case 'view': return new DataView(new ArrayBuffer(len));
    case 'words': return new Uint16Array(len);
    case 'null': return null;
    case 'number': return len;
    case 'undefined': return undefined;
    case 'object': return { len };
    case 'falsy': return [0, false, ''][len % 3];
    default: throw new TypeError(`no such chunk: ${type}`);
  }
}

module.exports = { chunkOf };
