#!/usr/bin/env bash
# Installs the Debian packages that rondo needs and that are missing; does nothing if all are there.
#   usage: scripts/install_dependencies.sh [--tests] [--bench] [--bench=onednn] [--bench=torch] [--tensorboard]
#                                          [--tidy]
# RONDO_SKIP_INSTALL=1 skips it, for systems whose packages were installed by other means.
set -euo pipefail

# libopenblas-serial-dev: rondo uses one thread of BLAS, and the usual variant starts others that wait.
packages=(g++ cmake ninja-build libxtensor-dev libxtensor-blas-dev libxsimd-dev libopenblas-dev
          libopenblas-serial-dev liblapacke-dev libzip-dev zlib1g-dev libfmt-dev nlohmann-json3-dev libcli11-dev
          gnuplot-nox)
for argument in "$@"; do
  case $argument in
    --tests) packages+=(libboost-test-dev librapidcheck-dev clang-format git libprotobuf-dev
                        protobuf-compiler) ;;
    --bench) packages+=(libbenchmark-dev) ;;
    --bench=onednn) packages+=(libbenchmark-dev libdnnl-dev) ;;
    --bench=torch) packages+=(libbenchmark-dev libtorch-dev) ;;
    --tensorboard) packages+=(libprotobuf-dev protobuf-compiler) ;;
    --tidy) packages+=(clang-tidy) ;;
    *) sed -n '3,4s/^# *//p' "$0" >&2; echo "unknown option: $argument" >&2; exit 1 ;;
  esac
done
[ "${RONDO_SKIP_INSTALL:-0}" = 0 ] || exit 0

give_up() {  # problem, packages …
  echo "$1. Please install what your system calls (names of Debian 12):" >&2
  echo "  ${*:2}" >&2
  echo "and run again with RONDO_SKIP_INSTALL=1." >&2
  exit 2
}
command -v dpkg-query apt-get > /dev/null || give_up "This is not Debian or Ubuntu" "${packages[@]}"

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo > /dev/null || give_up "Installing needs root, and there is no sudo" "${missing[@]}"
  as_root=(sudo)
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" > /dev/null; }
offered() { apt-cache show --no-all-versions "$1" &> /dev/null; }
all_offered() { for package in "${missing[@]}"; do offered "$package" || return 1; done; }

echo "Installing with apt (takes a minute or more): ${missing[*]}"
all_offered || apt update
all_offered || give_up "The package sources of this system lack some of what is needed" "${missing[@]}"
install=(install --yes --no-install-recommends "${missing[@]}")
apt "${install[@]}" || { apt update && apt "${install[@]}"; }  # the lists may have been outdated
