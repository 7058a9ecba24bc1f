# What kill_points.sh and fault_points.sh share.  usage: . points.sh, after common.sh; `all` as fifth argument of these
# takes every point, not some of each kind.
[ "$#" -lt 5 ] || [ "$5" != all ] || most=1000000
command -v strace > /dev/null || { echo "SKIPPED: strace is not installed"; exit 77; }
strace -qq -o /dev/null -e trace=none true 2> /dev/null || { echo "SKIPPED: ptrace is not permitted"; exit 77; }

results="model.safetensors checkpoint.safetensors run.json history.csv"
small=(train --csv air.csv --window 6 --horizon 2 --units 2 --batch-size 64 --epochs 2 --patience 9 --quiet --out out)
cp "$sets/airline_passengers.csv" air.csv
export OPENBLAS_NUM_THREADS=1

# Runs the program once and notes its system calls from the opening of its data on, by name: those before are the
# loader's. Sets in `calls` "name number" for each, where number counts the calls of this name.
note_calls() {  # arguments …
  strace -qq -o trace "$rondo" "$@" > stdout 2> stderr
  awk -F'(' '{ n[$1]++ } /^openat.*air.csv/ { on = 1 } on && NF > 1 { print $1, n[$1] }' trace > calls
}

# At most $most numbers of the calls of a name, evenly spread.
points_of() {  # name
  awk -v name="$1" -v most="$most" '$1 == name { all[++n] = $2 }
    END { step = n > most ? n / most : 1; for (i = 1; i <= n; i += step) print all[int(i)] }' calls
}

# After a run that ended early: goes on if it can, else begins anew, unless the model is there.
go_on() {  # name of the point
  local ok=0
  if [ -e out/backup/training.safetensors ]; then
    "$rondo" "${small[@]}" "${more[@]}" --resume > stdout 2> stderr || ok=$?
  elif [ ! -e out/model.safetensors ] || ! cmp -s out/run.json whole/run.json; then
    "$rondo" "${small[@]}" "${more[@]}" > stdout 2> stderr || ok=$?
  fi
  report $ok "$1: goes on" "$(cat stderr)"
}

# The files are those of a run that nothing disturbed, and no others.
check_whole() {  # name of the point
  local file wrong=
  for file in $results; do cmp -s "out/$file" "whole/$file" || wrong+=" $file"; done
  report $((${#wrong} > 0)) "$1: the same files" "other or missing:$wrong; $(tail -n 1 stderr)"
  check_clean "$1"
}

check_clean() {  # name of the point
  local left
  left=$(find out -name '*.tmp*' 2> /dev/null || true)
  report $((${#left} > 0)) "$1: nothing is left over" "$left"
}
