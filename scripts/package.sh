#!/usr/bin/env bash
# Makes the Debian packages rondo, librondo0 and librondo-dev in build/package/packages and checks them with lintian.
#   usage: scripts/package.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/common.sh"
build=$root/build/package
[ $# = 0 ] || unknown_option "$1" none

"$root/scripts/install_dependencies.sh" --package
cmake -S "$root" --preset release -B "$build" "${unity[@]}" --log-level=WARNING \
  -D CMAKE_INSTALL_PREFIX=/usr -D BUILD_SHARED_LIBS=ON \
  -D RONDO_PACKAGES=ON -D RONDO_BUILD_MPI=OFF -D RONDO_WERROR=OFF -D RONDO_BUILD_TESTS=OFF -D RONDO_BUILD_EXAMPLES=OFF
cmake --build "$build"
rm -rf "$build/packages"
(cd "$build" && cpack > cpack.log) || { cat "$build/cpack.log" >&2; exit 1; }
lintian --fail-on error --tag-display-limit 0 "$build"/packages/*.deb
ls -l "$build"/packages/*.deb
