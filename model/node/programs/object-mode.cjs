'use strict';
// Records go through a `pipeline` in object mode and are written out as lines.

const { Readable, Transform, Writable, pipeline } = require('stream');

const records = Readable.from(Array.from({ length: 200 }, (_, id) => ({ id, name: `name ${id}` })));
const filter = new Transform({
  objectMode: true,
  highWaterMark: 4,
  transform(record, encoding, callback) { callback(null, record.id % 3 === 0 ? record : undefined); },
});
const format = new Transform({ writableObjectMode: true, transform(record, encoding, callback) { callback(null, `${JSON.stringify(record)}\n`); } });
const sink = new Writable({ highWaterMark: 100, writev(chunks, callback) { setTimeout(callback, 1); } });
pipeline(records, filter, format, sink, (error) => { if (error) throw error; });
