#!/usr/bin/env bash
# Builds everything with warnings as errors and runs all tests, examples and style checks.
#   usage: scripts/test.sh [--sanitize | --threads | --clang | --arm64 | --suite NAME]
# --sanitize: Debug with address and undefined sanitizers
# --threads: only the tests that start threads, with the thread sanitizer
# --clang: only builds the libraries and the program, with the compiler clang++
# --arm64: what depends on the processor, built for ARM64 and run by QEMU
# --suite bookworm, trixie or forky: libraries, program and unit tests on that Debian, in a folder of its own
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh
preset=release
known=(--sanitize --threads --clang --arm64 --suite)
[ $# -le 1 ] || [ "$1" = --suite ] || unknown_option "$2" "${known[@]}"
case ${1:-} in
  "") ;;
  --sanitize) preset=dev ;;
  --threads)
    scripts/install_dependencies.sh --tests
    cmake --preset tsan "${unity[@]}" --log-level=WARNING -D RONDO_BUILD_TESTS=ON -D RONDO_BUILD_EXAMPLES=OFF -D RONDO_BUILD_APPS=OFF
    cmake --build build/tsan --target test_threads
    exec ctest --test-dir build/tsan --output-on-failure --no-tests=error -R '^threads/'
    ;;
  --clang)
    scripts/install_dependencies.sh --clang
    echo "Building the libraries and the program with $(clang++ --version | head -n 1)"
    cmake --preset release -B build/clang "${unity[@]}" --log-level=WARNING -D CMAKE_CXX_COMPILER=clang++ \
      -D RONDO_BUILD_TESTS=OFF -D RONDO_BUILD_EXAMPLES=OFF
    exec cmake --build build/clang
    ;;
  --arm64) exec scripts/test_arm64.sh ;;
  --suite) exec scripts/test_suite.sh "${@:2}" ;;
  *) unknown_option "$1" "${known[@]}" ;;
esac

scripts/install_dependencies.sh --tests --mpi
echo "Building preset $preset with tests and examples"
cmake --preset "$preset" "${unity[@]}" --log-level=WARNING -D RONDO_BUILD_TESTS=ON -D RONDO_BUILD_EXAMPLES=ON
cmake --build "build/$preset"
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j2
