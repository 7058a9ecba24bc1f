#!/usr/bin/env bash
# Makes random cases with the real Keras 3 and tf-keras, and compares rondo's values and gradients.
#   usage: scripts/parity.sh [--cases N] [--seed S] [--system keras|tf-keras|all]
# Default: 200 cases, half of them from each system; seed 1.
# PARITY_PYTHON names a Python that has the packages of tests/golden/requirements.txt; without it they are
# installed in build/parity-venv (about 2 GB).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/common.sh"

cases=200
seed=1
system=all
while [ $# -gt 0 ]; do
  case $1 in
    --system)
      [[ ${2:-} =~ ^(keras|tf-keras|all)$ ]] || refuse "$1 must be keras, tf-keras or all, got '${2:-}'"
      system=$2
      ;;
    --cases | --seed)
      [[ ${2:-} =~ ^[0-9]{1,9}$ ]] || refuse "$1 must be a whole number, got '${2:-}'"
      printf -v "${1#--}" %d "$((10#$2))"
      ;;
    *) unknown_option "$1" --cases --seed --system ;;
  esac
  shift 2
done
[ "$cases" -gt 0 ] || refuse "--cases must be at least 1"

"$root/scripts/install_dependencies.sh" --tests
echo "Building rondo_parity"
cmake -S "$root" --preset release --log-level=WARNING -D RONDO_BUILD_TESTS=ON
cmake --build "$root/build/release" --target rondo_parity

python=${PARITY_PYTHON:-}
if [ -z "$python" ]; then
  make_venv "$root/build/parity-venv" "$root/tests/golden/requirements.txt" "Keras and TensorFlow"
  python=$root/build/parity-venv/bin/python
fi

folder=$root/build/parity-cases
rm -rf "$folder"
export PYTHONDONTWRITEBYTECODE=1
make_cases() {  # system, number
  [ "$2" -gt 0 ] || return 0
  echo "Making $2 cases with $1, seed $seed"
  "$python" "$root/tests/golden/make_keras_cases.py" \
    --system "$1" --cases "$2" --seed "$seed" --out "$folder/$1"
}
if [ "$system" = all ]; then
  make_cases keras $((cases - cases / 2))
  make_cases tf-keras $((cases / 2))
else
  make_cases "$system" "$cases"
fi

status=0
"$root/build/release/tests/parity/rondo_parity" "$folder" > "$folder/report.txt" || status=$?
grep '^FAIL' "$folder/report.txt" | tail -n 20 || true
tail -n 1 "$folder/report.txt"
echo "All lines: $folder/report.txt"
exit "$status"
