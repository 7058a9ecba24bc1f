#!/usr/bin/env bash
# Programs of one source are built with what pkg-config says, and one again with -static where that can be.
#   usage: pkg_config_test.sh PKG_CONFIG COMPILER PREFIX FOLDER [ARCHIVE that a static program needs]
set -euo pipefail
pkg_config=$1 compiler=$2 prefix=$3 sources=$4 archive=${5:-}
folder=$(dirname "$(find "$prefix" -name rondo.pc)")
export PKG_CONFIG_PATH=$folder
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && cd "$work"

# built SOURCE LIBRARY [OPTION...]: the program ./program
built() {
  local flags=()
  read -ra flags < <("$pkg_config" --cflags --libs "${@:3}" "$2")
  echo "${flags[*]}"
  "$compiler" -O0 ${3:+-static} "$sources/$1" "${flags[@]}" -o program
}

"$pkg_config" --modversion rondo
export LD_LIBRARY_PATH
LD_LIBRARY_PATH=$(dirname "$folder")
built main.cpp rondo
./program > /dev/null
built exporter.cpp rondo_interop
./program

case $archive in
  *.a)
    built main.cpp rondo --static
    ./program > /dev/null
    ;;
esac
