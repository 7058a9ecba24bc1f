#!/usr/bin/env bash
# The folder of results: it belongs to one run at a time, holds files of one run alone, and nothing that is written
# for people's eyes (plots, logs) costs a model.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

cp "$sets/airline_passengers.csv" air.csv
series=(--csv air.csv --window 12 --horizon 3 --units 4)
short=(train "${series[@]}" --epochs 3 --quiet)
endless=(train "${series[@]}" --epochs 1000000 --patience 1000000)
gives() {  # name, status, arguments …: that status; stdout and stderr are files
  local name=$1 expected=$2 status=0
  shift 2
  "$rondo" "$@" > stdout 2> stderr || status=$?
  report $((status != expected)) "$name" "status $status, stderr: $(cat stderr)"
}
told() { check "$1" grep -qE -- "$2" stderr; }  # name, pattern
lines() { check "$1" test "$(grep -cv '^rondo: warning: ' stderr)" = "$2"; }  # name, lines on stderr but for advice
absent() { check "$1" test ! -e "$2"; }
begin() {  # arguments …: a run in the background, in its second epoch; sets $run
  : > progress  # that of the run before has an epoch 2
  "$rondo" "$@" > begun 2> progress &
  run=$!
  until grep -q "Epoch 2/" progress; do
    kill -0 $run 2> /dev/null || { report 1 "a run in the background" "$(cat progress)" && return; }
    sleep 0.02
  done
}

# ---- one run at a time ----

begin "${endless[@]}" --out busy
gives "a second run is refused" 2 "${short[@]}" --out busy
told "with the process that has the folder" "the folder busy is in use by process $run:"
lines "in one line" 1
gives "another spelling of the folder too" 2 "${short[@]}" --out ./busy/../busy/
gives "--resume too" 2 train --out busy --resume
told "with the process" "in use by process $run"
gives "forecast too" 2 forecast "${series[@]}" --epochs 1 --quiet --out busy
told "with the process" "in use by process $run"
check "the first one goes on" kill -0 $run
kill -9 $run && wait $run 2> /dev/null || true
gives "a killed run holds nothing" 2 "${short[@]}" --out busy
told "it can go on" "busy holds an interrupted run: rondo train --resume goes on"
done=$("$rondo" inspect busy/backup/training.safetensors | sed -n 's/^epoch: \([0-9]*\) done$/\1/p')
gives "fewer epochs than are done" 2 train --out busy --resume --epochs 1
told "are refused by number" "has begun its epoch $((done > 1 ? done : 2)), --epochs 1 is too few|begun its epoch [0-9]+, --epochs 1"
runs "--out and --resume say enough" train --out busy --resume --epochs $((done + 2)) --quiet
absent "nothing is held at the end" busy/.lock
mv busy moved && rm -rf busy
gives "nothing to go on with" 2 train --out moved --resume
told "is said" "moved holds no interrupted run"
gives "nor in a folder that is not there" 2 train --out nowhere --resume
told "is said" "nowhere holds no interrupted run"
absent "and no folder is made" nowhere
for i in 1 2 3 4 5 6 7 8; do
  "$rondo" "${short[@]}" --seed $i --out same > /dev/null 2> "errors$i" || true &
done
wait $(jobs -p) || true
check "of eight at once one owns the folder" grep -q '"seed": [1-8]' same/run.json
cp same/model.safetensors model && cp same/history.csv history.csv
"$rondo" train --config same/run.json --out repeated --quiet > /dev/null
"$rondo" inspect model | grep -v 'run: ' > first && "$rondo" inspect repeated/model.safetensors | grep -v 'run: ' > second
check "whose model is that of its run.json" cmp <(grep -v '"out"' first) <(grep -v '"out"' second)
check "and its history too" cmp history.csv repeated/history.csv

# ---- of one run alone ----

runs "a run" "${short[@]}" --out mixed
lines "without a word" 0
cp -r mixed before
gives "input that is refused" 2 "${short[@]}" --units 0 --out mixed
check "costs nothing" diff -r before mixed
gives "the same of forecast" 2 forecast "${series[@]}" --window 200 --out mixed
check "costs nothing either" diff -r before mixed
runs "a second run in its folder" "${short[@]}" --seed 2 --out mixed
told "is told" "^rondo: the results of an earlier run in mixed are replaced$"
gives "a run that fails" 2 "${short[@]}" --seed 3 --learning-rate 1e39 --out mixed
absent "leaves no model of another one" mixed/model.safetensors
rm -rf mixed && cp -r before mixed
interrupt INT "${endless[@]}" --seed 4 --out mixed
absent "nor does one that is interrupted" mixed/model.safetensors
check "whose run.json it is" grep -q '"seed": 4' mixed/run.json
gives "forecast over an interrupted run" 2 forecast "${series[@]}" --epochs 1 --quiet --out mixed
told "is refused" "mixed holds an interrupted run"
rm -rf mixed && cp -r before mixed
runs "forecast in the folder of a run" forecast "${series[@]}" --epochs 1 --quiet --out mixed
told "is told" "results of an earlier run in mixed are replaced"
check "only its own files stay" test "$(ls -A mixed | grep -v svg | paste -sd' ')" = "checkpoint.safetensors forecast.csv history.csv metrics.json model.safetensors report.html run.json"
cp mixed/forecast.csv mixed/history.csv .
gives "results as input" 2 train --csv mixed/history.csv --window 1 --horizon 1 --epochs 1 --quiet --out mixed
told "are not lost" "mixed/history.csv would be replaced by the results: give another --out"
check "they are there" cmp history.csv mixed/history.csv
touch mixed/.rondo-0123456789abcdef.tmp mixed/model.safetensors.mine
runs "a run after a killed one" "${short[@]}" --out mixed
check "takes its temporary files away" test -z "$(find mixed -name '*.tmp*')"
check "and no others" test -e mixed/model.safetensors.mine

gives "no name of a folder" 2 "${short[@]}" --out ""
told "is asked for" "--out is empty: give a folder for the results"
runs "folders are made" "${short[@]}" --out deep/er/still
check "down to the last" test -s deep/er/still/model.safetensors
gives "a mistake" 2 "${short[@]}" --units 0 --out new/folder
absent "leaves no folder behind" new
runs "no name at all" "${short[@]}"
check "is out/train" test -s out/train/model.safetensors

# ---- plots and logs ----

mkdir -p failing half home
printf '#!/bin/sh\nexit 1\n' > failing/gnuplot
printf '#!/bin/sh\necho "<svg"\n' > half/gnuplot
chmod +x failing/gnuplot half/gnuplot
model_without() {  # name, pattern of the only line, environment, arguments …
  local name=$1 pattern=$2
  status=0
  rm -rf aside
  env "$3" "$rondo" "${@:4}" --out aside > stdout 2> stderr || status=$?
  report $status "$name" "status $status: $(cat stderr)"
  check "$name: the model is there" test -s aside/model.safetensors
  told "$name: told" "$pattern"
  lines "$name: once" 1
}
model_without "a plot that fails" 'aside/history.svg cannot be drawn: gnuplot failed with status 1' \
  PATH="$PWD/failing:$PATH" "${short[@]}"
model_without "a plot that is cut" 'aside/history.svg cannot be drawn: gnuplot wrote no whole picture' \
  PATH="$PWD/half:$PATH" "${short[@]}"
forecast=(forecast "${series[@]}" --epochs 1 --quiet)
model_without "a plot of forecast" 'aside/history.svg cannot be drawn: gnuplot failed' \
  PATH="$PWD/failing:$PATH" "${forecast[@]}"
check "its table is printed" grep -q "^naive (the last value)" stdout
touch in_the_way
if [ "$tensorboard" = ON ]; then
  model_without "TensorBoard's folder" '\[TensorBoard\] in_the_way/train.* cannot be written: Not a directory; training goes on' \
    A=B "${short[@]}" --tensorboard in_the_way
fi
rm -rf out
"$rondo" "${short[@]}" --out out > stdout
cp -r out with_folder && rm with_folder/history.csv && mkdir with_folder/history.csv && touch with_folder/history.csv/x
gives "a folder where a result belongs" 2 "${short[@]}" --out with_folder
told "is named" "with_folder/history.csv cannot be removed: Directory not empty"

if command -v gnuplot > /dev/null; then
  printf 'set xdata time\nset datafile separator ","\n' > home/.gnuplot
  HOME=$PWD/home "$rondo" "${short[@]}" --out out > stdout 2> stderr
  check "the user's settings of gnuplot" cmp <("$rondo" "${short[@]}" --out plain > /dev/null; cat plain/history.svg) out/history.svg
  runs "a folder that is a command" "${short[@]}" --out '|touch pwned;#'
  check "holds the plot" grep -q '</svg>' '|touch pwned;#/history.svg'
  printf '{"csv": "air.csv", "window": 12, "units": 4, "epochs": 1, "out": "|touch pwned; `touch pwned`"}' > evil.json
  runs "the same in a config" train --config evil.json --quiet
  newline=$'in two\nlines'
  runs "a folder of two lines" "${short[@]}" --out "$newline"
  check "holds the plot" grep -q '</svg>' "$newline/history.svg"
  sed "1s/.*/month,\"'it''s \`touch pwned\` \"\"x\"\"\"/" air.csv > quotes.csv
  runs "quotes in a column's name" forecast --csv quotes.csv --window 12 --horizon 3 --units 4 --epochs 1 --quiet --out out
  check "are shown" grep -qF "&#39;it&#39;&#39;s \`touch pwned\` &quot;x&quot;" out/report.html
  absent "nothing was run" pwned
fi

# ---- what becomes of the log ----

begin "${endless[@]}" --out log
kill -9 $run && wait $run 2> /dev/null || true
done=$("$rondo" inspect log/backup/training.safetensors | sed -n 's/^epoch: \([0-9]*\) done$/\1/p')
rm log/history.csv
runs "a log that was deleted" train --out log --resume --epochs $((done + 1)) --quiet
"$rondo" "${endless[@]}" --epochs $((done + 1)) --quiet --out whole > stdout
check "has all its lines" cmp whole/history.csv log/history.csv
best=$(tail -n +2 log/history.csv | cut -d, -f3 | sort -g | head -n 1)
check "the numbers of the best epoch are printed" \
  test "$(awk '$1 == "val_loss" { print $2 }' stdout)" = "$(printf %.6g "$best")"
check "with its number, from 1" test "$(awk '$1 == "best" { print $3 - 1 }' stdout)" = \
  "$(awk -F, -v best="$best" '$3 == best { print $1; exit }' log/history.csv)"

finish
