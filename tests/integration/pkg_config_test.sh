#!/usr/bin/env bash
# A program of one source is built with what pkg-config says, and again with -static where that can be.
#   usage: pkg_config_test.sh PKG_CONFIG COMPILER PREFIX SOURCE [ARCHIVE that a static program needs]
set -euo pipefail
pkg_config=$1 compiler=$2 prefix=$3 source=$4 archive=${5:-}
folder=$(dirname "$(find "$prefix" -name rondo.pc)")
export PKG_CONFIG_PATH=$folder
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work"

"$pkg_config" --modversion rondo
read -ra flags < <("$pkg_config" --cflags --libs rondo)
echo "${flags[*]}"
"$compiler" -O0 "$source" "${flags[@]}" -o program
LD_LIBRARY_PATH=$(dirname "$folder") ./program > /dev/null

case $archive in
  *.a)
    read -ra flags < <("$pkg_config" --cflags --libs --static rondo)
    echo "${flags[*]}"
    "$compiler" -O0 -static "$source" "${flags[@]}" -o static
    ./static > /dev/null
    ;;
esac
