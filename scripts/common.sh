# Sourced by the other scripts: what more than one of them does.

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

# A Python environment with these packages, unless the folder is one already.
make_venv() {  # folder, list of packages, their name
  ! cmp -s "$2" "$1/requirements.txt" || return 0
  if ! python3 -c 'import ensurepip, venv' 2> /dev/null; then
    if [ "${RONDO_SKIP_INSTALL:-0}" != 0 ] || ! command -v apt-get > /dev/null || ! find_root; then
      refuse "Python cannot make virtual environments; please install what Debian calls python3-venv"
    fi
    echo "Installing with apt: python3-venv"
    "${as_root[@]}" apt-get -qq update > /dev/null
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes \
      --no-install-recommends python3-venv > /dev/null
  fi
  echo "Installing $3 in $1 (takes minutes)"
  python3 -m venv --clear "$1"
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$2"
  cp "$2" "$1/requirements.txt"  # its presence says that all are there
}
