#!/usr/bin/env bash
# Builds everything with warnings as errors and runs all tests, examples and style checks.
#   usage: scripts/test.sh [--sanitize]      --sanitize: Debug with address and undefined sanitizers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${1:-} in
  "") preset=release ;;
  --sanitize) preset=dev ;;
  *) sed -n '3s/^# *//p' "$0" >&2; exit 1 ;;
esac

scripts/install_dependencies.sh --tests
echo "Building preset $preset with tests and examples"
cmake --preset "$preset" --log-level=WARNING -D RONDO_BUILD_TESTS=ON -D RONDO_BUILD_EXAMPLES=ON
cmake --build "build/$preset"
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j2
