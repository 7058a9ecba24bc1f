#!/usr/bin/env bash
# Builds the libraries, the program and unit tests with warnings as errors on another version of Debian, and runs
# them, in a root folder that is made for it and removed afterwards. Needs root and the network.
#   usage: scripts/test.sh --suite bookworm|trixie|forky
# Exit status 77: the folder cannot be made here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh
suite=${1:-}
case $suite in
  bookworm | trixie | forky) ;;
  *) refuse "unknown suite '$suite', known are: bookworm trixie forky" ;;
esac
targets=(rondo_program test_core test_kernels test_layers test_formats test_interop rondo_interop rondo_parity)

if [ "${2:-}" != inside ]; then
  cannot() {
    echo "Not tested on Debian's $suite: $1"
    exit 77
  }
  find_root && "${as_root[@]}" unshare --mount true 2> /dev/null || cannot "making a root folder needs root"
  scripts/install_dependencies.sh --suite || cannot "mmdebstrap is missing"
  root=$(mktemp -d)
  trap '"${as_root[@]}" rm -rf --one-file-system "$root"' EXIT
  echo "Making a root folder of Debian's $suite in $root"
  "${as_root[@]}" mmdebstrap --quiet --variant=minbase --include=ca-certificates \
    --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$root" "$(debian_mirror)" ||
    cannot "mmdebstrap failed"
  tar -c --exclude=./build --exclude=./out --exclude=./.git . |
    "${as_root[@]}" sh -c "mkdir '$root/rondo' && tar -x -C '$root/rondo' --no-same-owner"
  # A namespace of its own takes the mounts away with the last process.
  "${as_root[@]}" unshare --mount bash -euc '
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
    cp -L --remove-destination /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/" 2> /dev/null || true
    mount --rbind /proc "$1/proc"
    mount --rbind /dev "$1/dev"
    unset TMPDIR
    exec chroot "$1" /rondo/scripts/test_suite.sh "$2" inside
  ' bash "$root" "$suite"
  exit
fi

scripts/install_dependencies.sh --tests
echo "Building ${targets[*]} with $(c++ --version | head -n 1)"
# With the assertions of the standard library, as other distributions build their packages.
cmake --preset release "${unity[@]}" --log-level=WARNING -D RONDO_BUILD_TESTS=ON -D RONDO_BUILD_EXAMPLES=OFF \
  -D CMAKE_CXX_FLAGS=-D_GLIBCXX_ASSERTIONS
cmake --build build/release --target "${targets[@]}"
ctest --test-dir build/release --output-on-failure --no-tests=error -j2 -R '^(core|kernels|layers|formats|interop|parity)/'
