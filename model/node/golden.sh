#!/usr/bin/env bash
# Records the golden traces anew: `model/node/golden.sh [NODE…]`, with the `node` in the path if none is named. For each, what the random programs,
# the experiments, the findings and the real programs do goes into model/node/golden/node-MAJOR.jsonl.gz.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
seeds=${HIGHWATER_SEEDS:-600}
for node in "${@:-node}"; do
  major=$("$node" -p 'process.versions.node.split(".")[0]')
  traces=$(mktemp -d)
  record() {
    # A program may end as it likes: what it did until then is what is wanted.
    HIGHWATER_TRACE="$traces" LINES=300 timeout 60 "$node" --require "$here/record.cjs" "$@" >/dev/null 2>&1 || true
  }
  record "$here/random.cjs" 1 "$seeds"
  record "$here/experiments/run.cjs"
  for program in "$here"/programs/*.cjs "$here"/findings/[0-9]*.cjs; do
    record "$program"
  done
  mkdir -p "$here/golden"
  # The order of the files is that of their names, so that a trace of a thread follows its process.
  cat "$traces"/*.jsonl | gzip -9n >"$here/golden/node-$major.jsonl.gz"
  rm -rf "$traces"
  echo "node-$major.jsonl.gz: $(wc -c <"$here/golden/node-$major.jsonl.gz") bytes"
done
