#!/usr/bin/env bash
# Test accuracy on the official splits of four sets, with the defaults of `rondo train` and seeds 1, 2, 3: the table in
# docs/classification.md. The files are those of sktime's package on PyPI, in sktime/datasets/data.
#   usage: bench/classification.sh RONDO DATA_FOLDER [OPTION OF RONDO TRAIN …]
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: bench/classification.sh RONDO DATA_FOLDER [OPTION …]" >&2 && exit 2; }
rondo=$1 data=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo "set,seed,test_accuracy,seconds"
for set in JapaneseVowels ItalyPowerDemand BasicMotions GunPoint; do
  for seed in 1 2 3; do
    TIMEFORMAT=%U
    seconds=$({ time "$rondo" train --csv "$data/$set/${set}_TRAIN.ts" --test "$data/$set/${set}_TEST.ts" \
      --seed $seed --quiet --out "$scratch/$set$seed" "$@" > "$scratch/log" 2> "$scratch/errors"; } 2>&1) ||
      { cat "$scratch/errors" >&2 && exit 1; }
    accuracy=$(sed -n 's/^  "accuracy": \([0-9.]*\),$/\1/p' "$scratch/$set$seed/metrics.json")
    echo "$set,$seed,$accuracy,$seconds"
  done
done
