#!/usr/bin/env bash
# Fails if a page names in backticks what the project does not have: an identifier, a file, an option of a program, a
# script. Words that mean something elsewhere are listed in foreign_names.txt.
#   usage: check_names.sh ROOT PAGE…
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$1"
shift

# A name: a word of letters, digits and _; with . / - inside it may be a file, with -- in front an option.
name='(--)?[A-Za-z_][A-Za-z0-9_]*([./-][A-Za-z0-9_]+)*'
# All names of sources (without their comments), build files, scripts and data, and those of the files themselves.
{
  find . -path ./build -prune -o -path ./.git -prune -o -path ./out -prune -o -print |
    sed 's|^\./||' | tee >(sed 's|.*/||') >(sed -E 's|.*/||; s|\.[a-z]+$||')
  find . -path ./build -prune -o -path ./.git -prune -o -path ./out -prune -o \( -name '*.[ch]pp' -o -name '*.cmake' \
    -o -name 'CMake*' -o -name '*.sh' -o -name '*.py' -o -name '*.?js' -o -name '*.txt' -o -name '*.in' -o -name '*.map' \
    -o -name '*.csv' -o -name '*.proto' -o -path './tests/*' -name '*.json' -size -200k \) -type f -print0 |
    xargs -0 sed -E 's|(^\|[^:"])//.*$|\1|' | grep -oE -- "$name" | awk '{ print; gsub(/[.\/-]+/, "\n"); print }'
  awk '/^```/ { fenced = !fenced } fenced' "$@" | grep -oE -- "$name"  # what a page's own code defines
  awk '!/^#/ { print $1 }' "$here/foreign_names.txt"
} | sort -u > "${TMPDIR:-/tmp}/rondo_names.$$"
trap 'rm -f "${TMPDIR:-/tmp}/rondo_names.$$"' EXIT

awk -v name="$name" '
  FILENAME == ARGV[1] { known[$0]; next }
  FNR == 1 { fenced = 0; folder = FILENAME; if (!sub(/\/[^\/]*$/, "", folder)) folder = "." }
  /^```/ { fenced = !fenced }
  fenced {
    if (match($0, /scripts\/[a-z_]+\.sh/) && !(substr($0, RSTART, RLENGTH) in known)) {
      print FILENAME ":" FNR ": " substr($0, RSTART, RLENGTH)
      failed = 1
    }
    next
  }
  {
    line = $0
    while (match(line, /`[^`]+`/)) {
      quoted = substr(line, RSTART + 1, RLENGTH - 2)
      line = substr(line, RSTART + RLENGTH)
      if (quoted in known) continue
      gsub(/"[^"]*"|\x27[^\x27]*\x27/, "", quoted)
      while (match(quoted, /(--)?[A-Za-z_][A-Za-z0-9_]*([.\/-][A-Za-z0-9_]+)*/)) {
        word = substr(quoted, RSTART, RLENGTH)
        quoted = substr(quoted, RSTART + RLENGTH)
        ++count
        if (length(word) < 3 || word in known || (folder "/" word) in known || has_parts(word) || is_part(word)) continue
        print FILENAME ":" FNR ": " word
        failed = 1
      }
    }
  }
  # model.weights, gru/gru_cell: each part is a name
  function has_parts(word,   parts, n, i) {
    if (word ~ /^--/) return 0
    n = split(word, parts, /[.\/-]/)
    if (n < 2) return 0
    for (i = 1; i <= n; ++i) if (length(parts[i]) > 2 && !(parts[i] in known)) return 0
    return 1
  }
  # `v1_*` and `*_mask`: a name begins or ends like that
  function is_part(word,   other) {
    if (word !~ /^_|_$/) return 0
    for (other in known) {
      if (word ~ /_$/ ? index(other, word) == 1 : substr(other, length(other) - length(word) + 1) == word) return 1
    }
    return 0
  }
  END {
    if (count < 1000) { print "only " count " names were found: has their form changed?"; failed = 1 }
    print count " names"
    exit failed
  }' "${TMPDIR:-/tmp}/rondo_names.$$" "$@"
