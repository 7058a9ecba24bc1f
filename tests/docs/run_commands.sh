#!/usr/bin/env bash
# Runs what begins with `rondo ` in the ```sh blocks of a Markdown page, in their order, in an empty folder where data/
# and LICENSE of the project are.
#   usage: run_commands.sh RONDO PROJECT SCRATCH PAGE
set -euo pipefail
rondo=$1 project=$2 scratch=$3 page=$4
rm -rf "$scratch" && mkdir -p "$scratch/work" && cd "$scratch/work"
ln -s "$project/data" "$project/LICENSE" .
ln -s "$rondo" ../rondo
awk '/^```/ { in_block = $0 == "```sh"; next }
     in_block && (/^rondo / || continued) { print; continued = /\\$/ }' "$project/$page" > ../commands
[ -s ../commands ] || { echo "$page has no command in a block of sh"; exit 1; }
PATH=$scratch:$PATH bash -exo pipefail ../commands
