#!/usr/bin/env bash
# Formats all sources that git tracks or would track; --check only reports what would change.
#   usage: scripts/format.sh [--check]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case ${1:-} in
  "") mode=(-i) ;;
  --check) mode=(--dry-run -Werror) ;;
  *) sed -n '3s/^# *//p' "$0" >&2; exit 1 ;;
esac
clang_format=$(command -v clang-format-14 || echo clang-format)  # other versions format differently
git ls-files -z --cached --others --exclude-standard --deduplicate -- '*.hpp' '*.cpp' |
  while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
  xargs -0 -r "$clang_format" "${mode[@]}"
