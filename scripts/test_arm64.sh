#!/usr/bin/env bash
# Builds what depends on the processor for ARM64 and runs it by QEMU: kernels, core, recurrent layers, and the cases of
# other systems. On Debian; the machine gets a cross compiler, QEMU and mmdebstrap. The libraries for ARM64 are
# unpacked in build/arm64-root, so that they meet neither dpkg nor the machine's own.
#   usage: scripts/test.sh --arm64
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh
[ $# = 0 ] || unknown_option "$1" none
root=build/arm64-root

scripts/install_dependencies.sh --tests --arm64
if [ ! -e $root/complete ]; then
  command -v apt-get > /dev/null || refuse "it unpacks Debian's packages for ARM64, and this is not Debian"
  packages=$(rows build tests | words_of_column 3 | tr -d '?' | grep -e '-dev$' |
    grep -v -e libopenblas-dev -e libprotobuf-dev | paste -s -d ,)
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  echo "Unpacking in $root, from Debian's $suite for ARM64: $packages"
  rm -rf $root
  mkdir -p $root
  mmdebstrap --quiet --variant=extract --architectures=arm64 --include="$packages" \
    --aptopt='Acquire::Check-Valid-Until "false"' "$suite" - "$(debian_mirror)" |
    tar -x -C $root --no-same-owner --exclude='./dev/*'
  # Installing would choose between the variants of OpenBLAS by links like these.
  libraries=$root/usr/lib/aarch64-linux-gnu
  (cd $libraries && ln -s openblas-serial/lib*.so* .)
  touch $root/complete
fi
cmake --preset arm64 "${unity[@]}" --log-level=WARNING -D RONDO_BUILD_TESTS=ON -D RONDO_BUILD_EXAMPLES=OFF
cmake --build build/arm64 --target test_core test_kernels test_recurrent rondo_parity
ctest --test-dir build/arm64 --output-on-failure --no-tests=error -j2 -R '^(core|kernels|recurrent|parity)/'
