// Throws the answer of write() away. Compiled, the call is on another line.
import { createWriteStream, type WriteStream } from 'node:fs';

interface Row {
  readonly id: number;
  readonly name: string;
}

enum Level { Info, Warn }

function* rows(count: number): Generator<Row> {
  for (let id = 0; id < count; id++) yield { id, name: `row ${id}` };
}

function writeAll(out: WriteStream, count: number): void {
  for (const row of rows(count)) {
    out.write(JSON.stringify({ ...row, level: Level[Level.Info] }) + '\n');
  }
  out.end();
}

writeAll(createWriteStream('/dev/null'), 5000);
