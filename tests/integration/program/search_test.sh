#!/usr/bin/env bash
# rondo search: one result for any number of threads and ranks, repeated by rondo train, also after kill -9; one clear line for
# each mistake.  usage: search_test.sh RONDO SETS SCRATCH TENSORBOARD [MPIRUN]
mpirun=${5:-}
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
unset OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_STEP_NUM_TASKS

cp "$sets/airline_passengers.csv" air.csv
head -c 3000 "$sets/words.csv" > words.txt
{
  printf '@problemName levels\n@univariate true\n@equalLength true\n@classLabel true low high\n@data\n'
  for i in $(seq 12); do printf '1.%d,1.2,0.9,1.1:low\n3.%d,2.9,3.1,3.2:high\n' $((i % 10)) $((i % 7)); done
} > levels.ts
series=(search --csv air.csv --window 12 --horizon 3 --epochs 9)
over=(--over units=3,5 --over learning_rate=1e-4..1e-1:log --over patience=1..4 --trials 9)
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; ++i) if ($i == name) c = i; next } { print $c }' "$2"; }
repeats() {  # name, folder: rondo train makes the same model of best.json
  runs "$1: best.json is a config" train --config "$2/best.json" --quiet
  check "$1: the same model" cmp "$2/model.safetensors" "$2/best/model.safetensors"
}
same() {  # name, folder: as in the folder one
  local file
  for file in trials.csv model.safetensors; do
    check "$1: $file" cmp "one/$file" "$2/$file"
  done
  check "$1: best.json" cmp <(grep -v '"out"' one/best.json) <(grep -v '"out"' "$2/best.json")
}

# ---- the same result ----

# The model knows the folder that best.json names, so all searches have one called one.
runs "one thread" "${series[@]}" "${over[@]}" --threads 1 --out one
cp -r one first
repeats "a series" one
check "three rungs" test "$(grep -c '^rung .* trials' stdout; grep -c '^rung' <("$rondo" "${series[@]}" "${over[@]}" --quiet --out rungs))" = "0
3"
check "every trial has a line" test "$(wc -l < one/trials.csv)" = 10
check "one in the last rung" test "$(column rung one/trials.csv | tr -d '\n')" = 322111111
check "its names" grep -qx 'trial,units,learning_rate,patience,rung,epochs,val_loss,status' one/trials.csv
check "units of the list" test -z "$(column units one/trials.csv | grep -vx '[35]')"
check "whole numbers stay whole" test -z "$(column patience one/trials.csv | grep -vx '[1-4]')"
check "rates of the range" test -z "$(column learning_rate one/trials.csv | awk '$1 < 1e-4 || $1 > 1e-1')"
check "nothing is left of the trials" test ! -e one/trials
command -v gnuplot > /dev/null && check "draws the trials" grep -q "<svg" one/trials.svg
for threads in 2 3; do
  rm -rf one && runs "$threads threads" "${series[@]}" "${over[@]}" --threads $threads --out one
  same "$threads threads" first
done
runs "the same again over its own results" "${series[@]}" "${over[@]}" --quiet --out one
check "which are told to be replaced" grep -q "the results of an earlier run in one are replaced" stderr
runs "another seed" "${series[@]}" "${over[@]}" --quiet --seed 2 --out two
check "other trials" test "$(cmp -s one/trials.csv two/trials.csv; echo $?)" = 1
if [ -n "$mpirun" ]; then
  oversubscribe=()
  ! "$mpirun" --version | grep -q "Open MPI\|OpenRTE" || oversubscribe=(--oversubscribe)
  for n in 2 3; do
    rm -rf one
    status=0
    timeout 150 "$mpirun" "${oversubscribe[@]}" -n $n "$rondo" "${series[@]}" "${over[@]}" --out one > stdout 2> stderr || status=$?
    report "$status" "$n ranks" "$(cat stderr)"
    same "$n ranks" first
    check "one rank reports" test "$(grep -c '^model: ' stdout)" = 1
  done
fi

# ---- kill -9 ----

hits=0
for kill in 1 2 3; do
  rm -rf one
  : > progress
  "$rondo" "${series[@]}" "${over[@]}" --threads 2 --out one > /dev/null 2> progress &
  until [ "$(grep -c '^rung' progress)" -ge $((kill * 3)) ] || ! kill -0 $! 2> /dev/null; do sleep 0.005; done
  kill -9 $! 2> /dev/null || true
  wait $! 2> /dev/null || true
  if [ -e one/trials ]; then
    hits=$((hits + 1))
    refuses "kill $kill: not begun over" "one holds an interrupted search: rondo search --resume goes on" "${series[@]}" "${over[@]}" --out one
    refuses "kill $kill: nor trained over" "one holds an interrupted search" train --csv air.csv --out one
    refuses "kill $kill: other trials" "--resume: one holds another search: 'trials' is 9 there, 8 here" search --out one --resume --trials 8
    refuses "kill $kill: other options" "'epochs' is 9 there, 12 here" search --out one --resume --epochs 12
    refuses "kill $kill: another space" "'over' is [" search --out one --resume --over units=3
    runs "kill $kill: goes on" search --out one --resume --threads 1
  else
    check "kill $kill: came too late for a search that is whole" test -e one/model.safetensors
  fi
  same "kill $kill" first
done
check "a kill hit a search that runs" test $hits -ge 1
refuses "a search that has ended" "one holds no interrupted search" search --out one --resume
refuses "no search" "none holds no interrupted search" search --out none --resume

# ---- other data ----

runs "a text" search --text words.txt --window 20 --epochs 2 --factor 2 --trials 3 --over units=3,4 --quiet --out text
repeats "a text" text
check "its loss" grep -q ',val_loss,' text/trials.csv
runs "classes" search --csv levels.ts --epochs 4 --factor 2 --trials 4 --over 'units=3;4,3' --over one_direction=true,false --over cell=gru,rnn --quiet --out classes
check "say what validates" grep -q "a fifth of each class validates" stderr
repeats "classes" classes
check "layers in one cell" test -z "$(cut -d, -f2- classes/trials.csv | sed 1d | grep -v '^3,\|^"4,3",')"

# ---- failed trials ----

runs "a rate that is too high" "${series[@]}" --over learning_rate=1e-3,1e38 --trials 6 --seed 3 --out bad
check "fails" grep -q '^.,1e38,.*failed: .*the loss is nan' bad/trials.csv
check "and is the last" test "$(tail -1 bad/trials.csv | cut -d, -f2)" = 1e38
check "not the first" test "$(sed -n 2p bad/trials.csv | cut -d, -f2)" = 1e-3
status=0
"$rondo" "${series[@]}" --over learning_rate=1e38 --trials 2 --out bad > stdout 2> stderr || status=$?
check "none is left: status" test $status = 2
check "none is left: says so" grep -q "all trials have failed, bad/trials.csv says why" stderr
check "none is left: no model" test ! -e bad/model.safetensors

# ---- mistakes ----

few=("${series[@]}" --column passengers --trials 2 --out out)
refuses "no --over" "--over is missing" "${few[@]}"
refuses "no values" "--over must be KEY=VALUES" "${few[@]}" --over units
refuses "an unknown key" "unknown key 'unit' (did you mean 'units'?)" "${few[@]}" --over unit=1,2
refuses "an empty range" "units: the range 5..3 is empty" "${few[@]}" --over units=5..3
refuses "a logarithm of 0" "learning_rate: the range 0..1 has no logarithm" "${few[@]}" --over learning_rate=0..1:log
refuses "another scale" "behind a range comes :log or nothing, got ':lin'" "${few[@]}" --over learning_rate=1..2:lin
refuses "an end that is no number" "each end of a range must be a finite number" "${few[@]}" --over learning_rate=a..2
refuses "half a unit" "units: the range 1.5..3 must have whole ends" "${few[@]}" --over units=1.5..3
refuses "a value that is no number" "--over units: each value must be a whole number" "${few[@]}" --over units=3,x
refuses "an empty value" "--over units: each value must be a value, got ''" "${few[@]}" --over units=3,,4
refuses "a flag" "--over no_header: each value must be true or false" "${few[@]}" --over no_header=yes
refuses "a key twice" "'units' is given twice" "${few[@]}" --over units=3 --over units=4
refuses "a key beside its flag" "--over units and --units exclude one another" "${few[@]}" --over units=3 --units 4
refuses "epochs" "'epochs' cannot be searched: each trial gets the epochs of its rung" search --csv air.csv --over epochs=1,2 --out out
refuses "the data" "'csv' cannot be searched" search --text words.txt --over csv=air.csv --out out
refuses "a negative rate" "learning_rate" "${few[@]}" --over learning_rate=-1,0.1
refuses "no units" "units must be positive, got 0" "${few[@]}" --over units=0,3
refuses "a window that is too long" "--over window: the value 100000 is refused" search --csv air.csv --column passengers --trials 1 --over window=12,12,12,12,100000 --out out
runs "a table" search --csv air.csv --target passengers --log --season 12 --window 12 --horizon 6 --epochs 4 --over units=4,8 --over cell=gru,rnn --trials 3 --out table
repeats "a table" table
refuses "a table that is too short to validate" "too short to validate" search --csv air.csv --target passengers --window 130 --horizon 6 --over units=4 --trials 1 --out out
refuses "an option of classes" "--class-weights is for series with classes" "${few[@]}" --over class_weights=true
refuses "nothing validates" "--validation-split must be above 0" "${few[@]}" --over units=3 --validation-split 0
refuses "nothing validates in a trial" "--validation-split must be above 0" "${few[@]}" --over validation_split=0,0.2
refuses "classes without validation" "--validation-split must be above 0" search --csv levels.ts --over units=3 --validation-split 0 --out out
refuses "no trials" "trials 0" "${few[@]}" --over units=3 --trials 0
refuses "no factor" "factor 0" "${few[@]}" --over units=3 --factor 0
refuses "no threads" "--threads must be positive" "${few[@]}" --over units=3 --threads 0
refuses "too many epochs at least" "min_epochs 10 must not be above epochs 9" "${few[@]}" --over units=3 --min-epochs 10
refuses "TensorBoard" "--tensorboard is not for a search" "${few[@]}" --over units=3 --tensorboard board
refuses "any order" "--any-order is not for a search" "${few[@]}" --over units=3 --any-order
refuses "a test file" "--test is not for a search" search --csv levels.ts --test levels.ts --over units=3 --out out
refuses "a missing file" "none.csv: cannot be read" search --csv none.csv --over units=3 --out out
refuses "no file" "a file is missing: give --csv or --text" search --over units=3 --out out
finish
