#!/usr/bin/env bash
# Builds the benchmarks in Release and runs them; arguments go to rondo_bench.
#   usage: scripts/bench.sh [--suite NAME] [--json FILE]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$root/scripts/install_dependencies.sh" --bench
cmake -S "$root" --preset release --log-level=WARNING -D RONDO_BUILD_BENCHMARKS=ON
cmake --build "$root/build/release" --target rondo_bench
# A preset core type would keep OpenBLAS from its fastest kernels.
env -u OPENBLAS_CORETYPE "$root/build/release/bench/rondo_bench" "$@"
