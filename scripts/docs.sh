#!/usr/bin/env bash
# Builds the documentation as a site: guides, folders, decisions, and the API from the headers, in build/docs/site.
#   usage: scripts/docs.sh [--pictures]
# --pictures: instead draws docs/images/*.svg anew, from the sources and docs/images/*.dot
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/common.sh
[ $# = 0 ] || [ "$*" = --pictures ] || unknown_option "$1" --pictures

scripts/install_dependencies.sh --docs
for program in doxygen dot python3; do
  command -v $program > /dev/null || refuse "$program is missing. Packages: $(packages_of docs)"
done
build=build/docs

if [ "${1:-}" = --pictures ]; then
  cmake -DROOT="$PWD" -P docs/house.cmake
  for picture in docs/images/*.dot; do
    dot -Tsvg "$picture" -o "${picture%.dot}.svg"
  done
  tred docs/images/house.dot | dot -Tsvg -o docs/images/house.svg  # without arrows that follow from others
  exit
fi

mkdir -p $build
if ! cmp -s docs/requirements.txt $build/venv/installed; then
  python3 -m venv --clear $build/venv > /dev/null || refuse "python3 has no venv. Packages: $(packages_of docs)"
  $build/venv/bin/pip install -q --disable-pip-version-check -r docs/requirements.txt 2> $build/pip.log ||
    refuse "PyPI, which is needed once, gives no $(grep -v '^#' docs/requirements.txt | paste -s -d ' '): $(grep -m 1 ERROR $build/pip.log)"
  cp docs/requirements.txt $build/venv/installed
fi

echo "Reading the headers"
rm -rf $build/source $build/doxygen && mkdir -p $build/source $build/doxygen
read -ra folders < <(sed -n 's|^set(layered core/kernels \([a-z ]*\)).*|\1|p' tests/check_includes.cmake)
{ cat docs/Doxyfile && printf '%s\n' "INPUT = ${folders[*]} rondo.hpp" "OUTPUT_DIRECTORY = $build/doxygen"; } | doxygen -
$build/venv/bin/python docs/api.py $build/doxygen/xml $build/source/api "${folders[@]}" > $build/api.yml

echo "Building the site"
cat docs/mkdocs.yml $build/api.yml > $build/mkdocs.yml
find . -path './build*' -prune -o -path ./.git -prune -o -path ./out -prune -o \
  \( -name '*.md' -o -path './docs/images/*.svg' -o -name style.css -o -path './examples/*.cpp' -o -name LICENSE \) \
  -exec cp --parents -t $build/source {} +
NO_MKDOCS_2_WARNING=1 $build/venv/bin/mkdocs build --quiet -f $build/mkdocs.yml
echo "Done. To look at it, with the search: python3 -m http.server -d $build/site"
