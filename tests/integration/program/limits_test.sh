#!/usr/bin/env bash
# With little address space (ulimit -v, as batch systems set it) rondo gives its result or says in one line why
# not. It never hangs.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

ends() {  # KB, arguments …
  local space=$1 status=0
  shift
  rm -rf out
  (ulimit -v "$space" && exec timeout 30 "$rondo" "$@") > stdout 2> stderr || status=$?
  case $status in
    0) report 0 "" ;;
    # 127: the loader found no room; 130: nor did the usual OpenBLAS, which says so in two lines
    2 | 127) report $(($(wc -l < stderr) != 1)) "$1 in $space KB" "$(cat stderr)" ;;
    130) report $(($(grep -c "^OpenBLAS" stderr) != $(wc -l < stderr))) "$1 in $space KB" "$(cat stderr)" ;;
    *) report 1 "$1 in $space KB" "status $status, stderr: $(cat stderr)" ;;
  esac
}

csv=$sets/airline_passengers.csv
train=(train --csv "$csv" --window 12 --horizon 3 --units 4 --epochs 1 --quiet --out out)
"$rondo" "${train[@]}" > /dev/null && cp out/model.safetensors .
for space in $(seq 50000 25000 400000); do
  ends "$space" --version
  ends "$space" "${train[@]}"
  ends "$space" train --text "$sets/words.csv" --window 20 --units 8 --epochs 1 --quiet --out out
  ends "$space" predict --model model.safetensors --csv "$csv"
done
# 128 MiB for OpenBLAS' buffer are not there, and the program says so.
(ulimit -v 120000 && "$rondo" "${train[@]}") > stdout 2> stderr || true
check "the reason is named" grep -q "128 MiB" stderr

finish
