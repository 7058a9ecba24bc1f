#!/usr/bin/env bash
# Formats all sources; --check only reports what would change.
#   usage: scripts/format.sh [--check]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh
[ $# -le 1 ] || unknown_option "$2" --check
case ${1:-} in
  "") mode=fix ;;
  --check) mode=check ;;
  *) unknown_option "$1" --check ;;
esac
cmake -D ROOT="$PWD" -D MODE=$mode -P tests/check_format.cmake
