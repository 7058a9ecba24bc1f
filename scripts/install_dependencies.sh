#!/usr/bin/env bash
# Installs the Debian packages that rondo needs and that are missing; does nothing if all are there.
#   usage: scripts/install_dependencies.sh [--tests] [--bench] [--bench=onednn] [--bench=torch] [--tensorboard] [--mpi]
#                                          [--tidy] [--clang] [--arm64] [--fuzz] [--package] [--docs]
# RONDO_SKIP_INSTALL=1 skips it, for systems whose packages were installed by other means.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$folder/common.sh"

known=()
for part in $(rows | words_of_column 2); do
  [ "$part" = build ] || known+=("--$part")
done
parts=(build)
for argument in "$@"; do
  [[ " ${known[*]} " = *" $argument "* ]] || unknown_option "$argument" "${known[@]}"
  parts+=("${argument#--}")
done
[ "${RONDO_SKIP_INSTALL:-0}" = 0 ] || exit 0

give_up() {  # problem
  {
    echo "${0##*/}: $1. Please install these packages and run again with RONDO_SKIP_INSTALL=1:"
    local systems=(Debian Fedora Arch) c
    for c in 3 4 5; do
      echo "  ${systems[c - 3]}: $(rows "${parts[@]}" | words_of_column $c | tr -d '?' | paste -s -d ' ')"
    done
  } >&2
  exit 2
}
command -v dpkg-query apt-get > /dev/null || give_up "This is not Debian or Ubuntu"

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]; }
is_offered() { apt-cache show --no-all-versions "$1" &> /dev/null; }
needed=()
optional=()  # what only some versions of Debian have
for package in $(rows "${parts[@]}" | words_of_column 3); do
  is_installed "${package%\?}" && continue
  if [ "${package%\?}" = "$package" ]; then needed+=("$package"); else optional+=("${package%\?}"); fi
done
[ $((${#needed[@]} + ${#optional[@]})) -gt 0 ] || exit 0

find_root || give_up "Installing needs root, and there is no sudo"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" > /dev/null; }
all_offered() { for package in cmake "${needed[@]}"; do is_offered "$package" || return 1; done; }

all_offered || apt update  # the lists are missing or outdated
all_offered || give_up "The package sources of this system lack some of: ${needed[*]}"
for package in "${optional[@]}"; do
  ! is_offered "$package" || needed+=("$package")
done
[ ${#needed[@]} -gt 0 ] || exit 0
echo "Installing with apt (takes a minute or more): ${needed[*]}"
install=(install --yes --no-install-recommends "${needed[@]}")
apt "${install[@]}" || { apt update && apt "${install[@]}"; }  # the lists may have been outdated
