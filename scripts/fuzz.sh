#!/usr/bin/env bash
# Looks for inputs that the readers do not answer, with Clang's libFuzzer and sanitizers (tests/fuzz/README.md).
#   usage: scripts/fuzz.sh [--seconds N] [--bytes N] [TARGET…]
# --seconds N: for each target [60]
# --bytes N: of an input at most [16000]
# TARGET: a folder of tests/fuzz/corpus [all]
# Prints a line per target. Exits with 1 after findings, whose inputs are in build/fuzz/findings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh
known=(--seconds --bytes)
all=()
for folder in tests/fuzz/corpus/*/; do
  all+=("$(basename "$folder")")
done

seconds=60
bytes=16000
targets=()
number() {  # option, value
  [[ ${2-} =~ ^[1-9][0-9]{0,8}$ ]] || refuse "$1 expects a whole number above 0, found '${2-}'"
}
while [ $# -gt 0 ]; do
  case $1 in
    --seconds | --bytes)
      number "$1" "${2-}"
      declare "${1#--}=$2"
      shift
      ;;
    -*) unknown_option "$1" "${known[@]}" ;;
    *)
      [[ " ${all[*]} " = *" $1 "* ]] || refuse "unknown target '$1', known are: ${all[*]}"
      targets+=("$1")
      ;;
  esac
  shift
done
[ ${#targets[@]} -gt 0 ] || targets=("${all[@]}")

scripts/install_dependencies.sh --tests --fuzz
cmake --preset fuzz "${unity[@]}" --log-level=WARNING -D RONDO_BUILD_TESTS=ON -D RONDO_BUILD_EXAMPLES=OFF
cmake --build build/fuzz --target "${targets[@]/#/fuzz_}"

findings=$PWD/build/fuzz/findings
mkdir -p "$findings"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch RONDO_NUM_THREADS=1
export ASAN_OPTIONS=max_allocation_size_mb=2048 UBSAN_OPTIONS=print_stacktrace=1
found=0

run() {  # target; what libFuzzer finds is in a folder of its own beside the corpus
  local target=$1 log=$findings/$1.log status=0
  mkdir "$scratch/$target"
  "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len="$bytes" -timeout=10 -rss_limit_mb=2048 \
    -malloc_limit_mb=1024 -dict=tests/fuzz/json.dict -print_final_stats=1 -artifact_prefix="$findings/$target-" \
    "$scratch/$target" "tests/fuzz/corpus/$target" > "$log" 2>&1 || status=$?
  local inputs
  inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if [ $status = 0 ]; then
    echo "$target: ${inputs:-no} inputs, no finding"
    return
  fi
  found=1
  echo "$target: FINDING $(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)"
  grep -m 1 -E '^WRONG:|runtime error:|ERROR: |terminate called|what\(\):' "$log" || true
  echo "  all of it in $log"
}
for target in "${targets[@]}"; do
  run "$target"
done
exit $found
