#!/usr/bin/env bash
# rondo as a process: signals, descriptors that are closed, full disks and pipes, and terminals of any width.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

cp "$sets/airline_passengers.csv" air.csv
series=(--csv air.csv --window 12 --horizon 3 --units 4)
short=(train "${series[@]}" --epochs 3)
endless=(train "${series[@]}" --epochs 1000000 --patience 1000000)

# ---- signals ----

mkdir whole && cp air.csv whole
for signal in INT:130 TERM:143 HUP:129; do
  name=${signal%:*}
  rm -rf out
  interrupt "$name" "${endless[@]}" --out out
  report $((status != ${signal#*:})) "the status after SIG$name" "$status"
  check "SIG$name saves" test -s out/backup/training.safetensors
  check "and says how to go on" grep -q "^Interrupted after batch .* rondo train --config out/run.json --resume goes on$" stderr
  done=$("$rondo" inspect out/backup/training.safetensors | sed -n 's/^epoch: \([0-9]*\) done$/\1/p')
  (cd whole && "$rondo" "${endless[@]}" --epochs $((done + 1)) --quiet --out out > stdout 2> stderr)
  runs "a run goes on after SIG$name" train --out out --resume --epochs $((done + 1)) --quiet
  check "with the same bits" cmp whole/out/model.safetensors out/model.safetensors
done
for name in INT TERM HUP; do  # as nohup and `&` of a script leave them
  rm -rf out stderr
  status=0
  (trap '' $name && exec "$rondo" "${short[@]}" --epochs 200 --patience 200 --out out) > stdout 2> stderr &
  until grep -qs "Epoch 2/" stderr; do sleep 0.02; done
  kill -$name $!
  wait $! || status=$?
  report $status "SIG$name stays ignored" "status $status: $(tail -n 1 stderr)"
  check "and the run ends as usual" test -s out/model.safetensors
done

# ---- descriptors ----

for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&- 2>&-'; do
  rm -rf out board
  board=()
  [ "$tensorboard" = OFF ] || board=(--tensorboard board)
  eval '"$rondo" "${short[@]}" "${board[@]}" --out out > stdout 2> stderr '"$closed" || true
  check "with $closed history.csv is a table" test "$(grep -cvE '^(epoch|[0-2]),' out/history.csv)" = 0
  check "of all epochs" test "$(wc -l < out/history.csv)" = 4
  check "and there is a model" test -s out/model.safetensors
  check "nothing of the terminal is in a file" test -z "$(grep -rl 'Epoch 1/3' out board 2> /dev/null)"
done
status=0 && "$rondo" "${short[@]}" --quiet --out out >&- 2> stderr || status=$?
check "a closed stdout is told" grep -q "^rondo: stdout: Bad file descriptor$" stderr
report $((status != 2)) "with status 2" "$status"
for arguments in "--help" "--version" "train --help" "inspect out/model.safetensors"; do
  status=0 && "$rondo" $arguments > /dev/full 2> stderr || status=$?
  report $((status != 2)) "$arguments on a full disk" "status $status"
  check "is told" grep -q "^rondo: stdout: No space left on device$" stderr
done
{ sleep 0.3 && status=0 && { "$rondo" train --help 2> stderr || status=$?; } && echo $status > status; } | true
check "a pipe that nobody reads ends it as others" test "$(cat status)" = 141
check "without a word" test ! -s stderr

# ---- nobody who reads ----

train_aside() {  # name, command that runs "$@" with other descriptors
  rm -rf out
  "${@:2}" "$rondo" "${short[@]}" --out out || true
  check "$1: the model is there" test -s out/model.safetensors
  check "$1: with its history" test "$(wc -l < out/history.csv)" = 4
}
full_stderr() { "$@" > stdout 2> /dev/full; }
unread_stderr() { { sleep 0.3 && "$@" > stdout; } 2>&1 | true; }
unread_stdout() { { sleep 0.3 && "$@" 2> stderr; } | true; }
train_aside "stderr on a full disk" full_stderr
train_aside "progress that nobody reads" unread_stderr
train_aside "results that nobody reads" unread_stdout
rm -rf out
"$rondo" forecast "${series[@]}" --epochs 1 --quiet --out out > /dev/full 2> stderr || true
check "forecast on a full stdout: the model is there" test -s out/model.safetensors
check "and the forecasts" test -s out/forecast.csv

# ---- limits ----

for blocks in 1 2 4 8; do  # of 1 KiB; a checkpoint has more, a model too, a plot of three epochs has about 8
  rm -rf out
  status=0
  (ulimit -f $blocks && exec "$rondo" "${short[@]}" --quiet --out out) > stdout 2> stderr || status=$?
  if [ -e out/model.safetensors ]; then
    report $status "files of at most $blocks KiB" "status $status: $(cat stderr)"
  else
    report $((status != 2)) "files of at most $blocks KiB" "status $status: $(cat stderr)"
    check "the error says it" grep -q "cannot be written: File too large$" stderr
  fi
  check "in one line" test "$(grep -cv '^rondo: warning: ' stderr)" -le 1
  check "no half file stays" test -z "$(find out -name '*.tmp*')"
done

# ---- terminals ----

# $1: columns; the rest: arguments. What a terminal of this width shows is in `screen`.
on_terminal() {
  script -qec "stty cols $1 rows 24; exec '$rondo' ${*:2} > stdout" typescript > /dev/null < /dev/null
  sed -e '/^Script /d' typescript | tr '\r' '\n' | grep . > screen || true
}
if script -qec true /dev/null > /dev/null 2>&1 < /dev/null; then  # where there are pseudo-terminals
  for columns in 20 40 80 132; do
    rm -rf out
    on_terminal $columns train --csv "$sets/sunspots.csv" --column sunspots --window 40 --units 96 --batch-size 2 --epochs 1 --out out
    check "a terminal of $columns columns shows the epoch" grep -q "^Epoch 1/1" screen
    check "and how far it is" test "$(wc -l < screen)" -ge 3
    longest=$(awk '{ if (length($0) > l) l = length($0) } END { print l }' screen)
    check "no line is wider than $columns" test "$longest" -lt "$columns"
    check "all on one line" test "$(sed '/^Script /d' typescript | grep -c 'Epoch')" = 1
  done
fi

finish
