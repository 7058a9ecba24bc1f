#!/usr/bin/env bash
# From a fresh clone to a forecast: installs packages, builds the program, trains a GRU on the monthly
# sunspot numbers and draws its forecast. Arguments go to `rondo forecast` and override the values below.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/common.sh"
build=$root/build/demo

"$root/scripts/install_dependencies.sh"
echo "Building the program rondo in $build (takes a few minutes the first time)"
cmake -S "$root" --preset release -B "$build" "${unity[@]}" --log-level=WARNING \
  -D RONDO_WERROR=OFF -D RONDO_BUILD_TESTS=OFF -D RONDO_BUILD_EXAMPLES=OFF
cmake --build "$build" --target rondo_program

echo "Training and forecasting"
"$build/apps/rondo" forecast --csv "$root/data/sets/sunspots.csv" --column sunspots \
  --window 48 --horizon 12 --units 32 --out "$root/out/demo" "$@"
