#!/usr/bin/env bash
# Records the golden traces anew: `model/node/golden.sh [NODE…]`, with the `node` in the path if none is named. For each, what the random programs,
# the experiments, the real programs and the findings do goes into model/node/golden/node-MAJOR.jsonl.gz, in this order.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
seeds=250
for node in "${@:-node}"; do
  major=$("$node" -p 'process.versions.node.split(".")[0]')
  traces=$(mktemp -d)
  number=100
  record() {
    number=$((number + 1))
    # A program may end as it likes: what it did until then is what is wanted.
    HIGHWATER_TRACE="$traces/$number" LINES=300 timeout 60 "$node" --require "$here/record.cjs" "$@" >/dev/null 2>&1 || true
  }
  record "$here/random.cjs" 1 "$seeds"
  for program in "$here"/experiments/n*.cjs "$here"/programs/*.cjs "$here"/findings/[0-9]*.cjs; do
    record "$program"
  done
  mkdir -p "$here/golden"
  # A program that writes much is left to the live test.
  find "$traces" -name '*.jsonl' -size +450k ! -path "$traces/101/*" -delete
  # Times are of no use to the judge and most of what cannot be compressed.
  cat "$traces"/*/*.jsonl | sed -E 's/"t":[0-9]+/"t":0/; s/ +$//' | gzip -9n >"$here/golden/node-$major.jsonl.gz"
  rm -rf "$traces"
  echo "node-$major.jsonl.gz: $(wc -c <"$here/golden/node-$major.jsonl.gz") bytes"
done
