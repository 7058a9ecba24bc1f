# What the tests of the program share.  usage: source common.sh RONDO SETS SCRATCH TENSORBOARD
# Leaves the caller in an empty folder with $rondo, $sets, $here, $golden and $tensorboard (ON or OFF).
set -euo pipefail
rondo=$1 sets=$2 scratch=$3 tensorboard=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
golden=$here/../../golden
rm -rf "$scratch" && mkdir -p "$scratch" && cd "$scratch"
passed=0 failed=0

report() {  # ok, name, details
  if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAILED $2: ${3:-}"; fi
}

check() {  # name, command …: the command succeeds
  local name=$1 ok=0
  shift
  "$@" || ok=$?
  report "$ok" "$name" "$*"
}

runs() {  # name, arguments …: status 0; stdout and stderr are files
  local name=$1 status=0
  shift
  "$rondo" "$@" > stdout 2> stderr || status=$?
  report "$status" "$name" "status $status, stderr: $(cat stderr)"
}

# The call fails with status 2, one line on stderr that holds the text, nothing on stdout, no new file in out/.
refuses() {  # name, text, arguments …
  local name=$1 text=$2 status=0 ok=0
  shift 2
  rm -rf out
  "$rondo" "$@" > stdout 2> stderr || status=$?
  [ "$status" = 2 ] && [ "$(wc -l < stderr)" = 1 ] && [ ! -s stdout ] && grep -qF -- "$text" stderr || ok=1
  [ -z "$(find out -type f 2> /dev/null)" ] || ok=1
  report $ok "$name" "status $status, stderr: $(cat stderr)"
}

# Begins a run and sends it the signal after its second epoch; sets $status.
interrupt() {  # signal, arguments …
  status=0
  env --default-signal=INT "$rondo" "${@:2}" > stdout 2> stderr &  # a shell lets its background ignore Ctrl-C
  until grep -qs "Epoch 2/" stderr; do
    kill -0 $! 2> /dev/null || { report 1 "a run to interrupt" "$(cat stderr)" && return; }
    sleep 0.02
  done
  kill "-$1" $!
  wait $! 2> /dev/null || status=$?
}

# A number of metrics.json; without a method one of the whole.
figure() {  # file, method, name
  tr -d ' \n' < "$1" | grep -oE "\"$2\":\{[^}]*\}" | head -n 1 | grep -oE "\"$3\":[^,}]*" | cut -d: -f2
}

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
