#!/usr/bin/env bash
# Fails if a link of a Markdown page leads to a file or a heading that is not there. Links to other sites are not followed.
#   usage: check_links.sh ROOT PAGE…
set -euo pipefail
cd "$1"
shift

# Headings of a page as GitHub makes anchors of them.
anchors() {
  awk '/^```/ { fenced = !fenced } !fenced && /^#+ / { sub(/^#+ /, ""); print }' "$1" |
    sed -E 's/\[([^]]*)\]\([^)]*\)/\1/g' | tr '[:upper:]' '[:lower:]' | sed -E 's/[^[:alnum:] _-]//g; s/ /-/g'
}

status=0
count=0
for page in "$@"; do
  while read -r line target; do
    count=$((count + 1))
    file=${target%%#*}
    path=$page
    [ -z "$file" ] || path=$(dirname "$page")/$file
    if [ ! -e "$path" ]; then
      echo "$page:$line: no file $target"
      status=1
    elif [[ $target = *#* ]] && ! anchors "$path" | grep -qxF -- "${target#*#}"; then
      echo "$page:$line: no heading $target"
      status=1
    fi
  done < <(awk '/^```/ { fenced = !fenced } fenced { next }
                { gsub(/`[^`]*`/, "`")
                  while (match($0, /\]\([^) ]+\)/)) {
                    target = substr($0, RSTART + 2, RLENGTH - 3)
                    if (target !~ /^(https?|mailto):/) print FNR, target
                    $0 = substr($0, RSTART + RLENGTH)
                  } }' "$page")
done
[ $count -ge 30 ] || { echo "only $count links were found: has their form changed?"; status=1; }
echo "$count links"
exit $status
