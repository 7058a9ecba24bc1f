#!/usr/bin/env bash
# Builds the benchmarks in Release and runs them; arguments go to rondo_bench (--help lists them).
#   usage: scripts/bench.sh [--suite tape,gru,trainer,stream,start] [--shapes 32x100x64x128,…] [--peers …]
#                           [--threads 1,2] [--rounds N] [--seconds S] [--json FILE]
# Peers take part if they are installed: scripts/install_dependencies.sh --bench=onednn --bench=torch;
# BENCH_PYTHON names a Python with those of bench/requirements.txt (default: python3).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/common.sh"

mapfile -t known < <(sed -n '3,4p' "$0" | grep -o -e '--[a-z]*')
for argument in "$@"; do
  option=${argument%%=*}
  [[ $option != --* || " ${known[*]} --help " = *" $option "* ]] || unknown_option "$option" "${known[@]}"
done
"$root/scripts/install_dependencies.sh" --bench
cmake -S "$root" --preset release "${unity[@]}" --log-level=WARNING -D RONDO_BUILD_BENCHMARKS=ON
cmake --build "$root/build/release" --target rondo_bench
# Preset core types and sizes would keep OpenBLAS from its fastest kernels, in rondo and in the peers.
env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE "$root/build/release/bench/rondo_bench" "$@"
