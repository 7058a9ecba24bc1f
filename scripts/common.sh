# Sourced by the other scripts: what more than one of them does.

# Fewer, larger sources: the libraries in half of the time. Only for builds of everything.
unity=(-D CMAKE_UNITY_BUILD=ON -D CMAKE_UNITY_BUILD_BATCH_SIZE=16)

# One line on standard error, with the script's name, and exit status 2.
refuse() {
  echo "${0##*/}: $*" >&2
  exit 2
}

unknown_option() {  # option, known ones …
  refuse "unknown option '$1', known are: ${*:2}"
}

# The words that make a command run as root, in the array as_root; false if they are not to be had.
find_root() {
  as_root=()
  [ "$(id -u)" = 0 ] && return
  command -v sudo > /dev/null || return 1
  as_root=(sudo)
}

# The mirror of Debian that this machine uses.
debian_mirror() {
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n 1p)
  echo "${mirror:-http://deb.debian.org/debian}"
}

# The rows of packages.txt that belong to one of the given parts; all rows if none is given.
rows() {
  awk -F ' *[|] *' -v wanted="$*" '!/^#/ {
    count = split($2, parts, " ")
    for (i = 1; i <= count; ++i) if (wanted == "" || index(" " wanted " ", " " parts[i] " ")) { print; next }
  }' "$(dirname "${BASH_SOURCE[0]}")/packages.txt"
}
# The words of a column of the rows read, each once.
words_of_column() { awk -F ' *[|] *' -v column="$1" '{ print $column }' | tr -s ' ' '\n' | awk '!seen[$0]++'; }

# `Debian a b, Fedora c, Arch d`: the packages of the given parts.
packages_of() {
  local systems=(Debian Fedora Arch) c list=""
  for c in 3 4 5; do
    list+=", ${systems[c - 3]} $(rows "$@" | words_of_column $c | tr -d '?' | paste -s -d ' ')"
  done
  echo "${list#, }"
}
