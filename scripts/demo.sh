#!/usr/bin/env bash
# From a fresh clone to forecasts: installs packages, builds the program, trains a GRU on the monthly sunspot numbers and
# another one on the hourly air of Beijing, compares both with simple methods and writes a report for each. Arguments go to
# both `rondo forecast` and override the values below.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/common.sh"
build=$root/build/demo

"$root/scripts/install_dependencies.sh"
echo "Building the program rondo in $build (takes a few minutes the first time)"
cmake -S "$root" --preset release -B "$build" "${unity[@]}" --log-level=WARNING \
  -D RONDO_WERROR=OFF -D RONDO_BUILD_TESTS=OFF -D RONDO_BUILD_EXAMPLES=OFF
cmake --build "$build" --target rondo_program

run() {  # name, folder, arguments …
  echo
  echo "$1: training and forecasting"
  "$build/apps/rondo" forecast "${@:3}" --out "$root/out/demo/$2"
}
run "Sunspots, every month of the next year" sunspots --csv "$root/data/sets/sunspots.csv" --target sunspots \
  --window 48 --horizon 12 --units 32 --batch-size 32 --learning-rate 0.003 --patience 8 --validation-split 0.15 "$@"
run "Fine dust in Beijing, every hour of the next day" air --csv "$root/data/sets/beijing_pm25.csv.gz" --target pm2.5 \
  --past DEWP,TEMP,PRES,cbwd,Iws,Is,Ir --calendar hour,month --window 72 --horizon 24 --dropout 0.2 --epochs 8 "$@"

echo
echo "Reports with bands and comparisons, for a browser:"
echo "  $root/out/demo/sunspots/report.html"
echo "  $root/out/demo/air/report.html"
