"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
// Throws the answer of write() away. Compiled, the call is on another line.
const node_fs_1 = require("node:fs");
var Level;
(function (Level) {
    Level[Level["Info"] = 0] = "Info";
    Level[Level["Warn"] = 1] = "Warn";
})(Level || (Level = {}));
function* rows(count) {
    for (let id = 0; id < count; id++)
        yield { id, name: `row ${id}` };
}
function writeAll(out, count) {
    for (const row of rows(count)) {
        out.write(JSON.stringify({ ...row, level: Level[Level.Info] }) + '\n');
    }
    out.end();
}
writeAll((0, node_fs_1.createWriteStream)('/dev/null'), 5000);
//# sourceMappingURL=impolite.js.map