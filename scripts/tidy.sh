#!/usr/bin/env bash
# Lints with clang-tidy the sources that have changed, and those that include a changed header; warnings are errors.
#   usage: scripts/tidy.sh [--base COMMIT] [--seconds N] [--all] [FOLDER …]
# --base: what is compared with (default: where this branch left main, on main the commit before)
# --seconds: begins no further source after so long and says how many are left (default: no limit)
# --all: every source; with folders (`core`, `layers/recurrent`) only those
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh
base=
seconds=0
all=
folders=()
while [ $# -gt 0 ]; do
  case $1 in
    --base) base=${2-}; [ -n "$base" ] || refuse "--base needs a commit"; shift 2 ;;
    --seconds)
      [[ ${2-} =~ ^[0-9]+$ ]] || refuse "--seconds needs a number, got '${2-}'"
      seconds=$2
      shift 2
      ;;
    --all) all=yes; shift ;;
    -*) unknown_option "$1" --base --seconds --all ;;
    *) [ -d "$1" ] || refuse "there is no folder '$1'"; folders+=("${1%/}"); shift ;;
  esac
done
scripts/install_dependencies.sh --tests --tidy

build=build/tidy
cmake --preset tidy --log-level=WARNING -D RONDO_BUILD_TESTS=ON -D RONDO_BUILD_EXAMPLES=ON > /dev/null
# Every source that is compiled, by its path from here; a kernel's is compiled for each instruction set, baseline will do.
mapfile -t sources < <(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" | sort -u |
  grep -v -e '_avx[0-9]*\.cpp$' -e '/unity_' -e '/headers/' -e 'cmake_pch')

# What a source includes of the project, to the last header.
includes() {
  awk -F'"' -v root="$PWD" '
    function visit(path,    line, parts) {
      if (seen[path]++) return
      print path
      while ((getline line < (root "/" path)) > 0)
        if (split(line, parts, "\"") >= 3 && line ~ /^#include "rondo\//) visit(substr(parts[2], 7))
      close(root "/" path)
    }
    /^#include "rondo\// { visit(substr($2, 7)) }' "$1"
}

if [ -n "$all" ]; then
  chosen=("${sources[@]}")
else
  if [ -z "$base" ]; then
    base=$(git merge-base HEAD main 2> /dev/null || echo HEAD)
    [ "$(git rev-parse "$base")" != "$(git rev-parse HEAD)" ] || base=HEAD~1
  fi
  git rev-parse --quiet --verify "$base^{commit}" > /dev/null || refuse "there is no commit '$base'"
  changed=$(git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.hpp')
  chosen=()
  for source in "${sources[@]}"; do
    path=${source#"$PWD/"}
    if { echo "$path"; includes "$source"; } | grep -qxFf <(echo "${changed:-none}"); then
      chosen+=("$source")
    fi
  done
fi
if [ ${#folders[@]} -gt 0 ]; then
  pattern=$(printf '|%s' "${folders[@]}")
  mapfile -t chosen < <(printf '%s\n' "${chosen[@]}" | grep -E "^$PWD/($build/)?(${pattern:1})/" || true)
fi

begin=$SECONDS
done=0
status=0
for source in "${chosen[@]}"; do
  [ "$seconds" = 0 ] || [ $((SECONDS - begin)) -lt "$seconds" ] || break
  clang-tidy -p "$build" --quiet --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option "$source" \
    2> /dev/null || { echo "clang-tidy: ${source#"$PWD/"}"; status=1; }
  done=$((done + 1))
done
echo "clang-tidy: $done of ${#chosen[@]} sources, $((${#chosen[@]} - done)) left for want of time"
exit $status
