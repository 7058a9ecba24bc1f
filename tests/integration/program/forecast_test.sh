#!/usr/bin/env bash
# rondo forecast: results of a short run, and one clear line for each mistake.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

forecast=(forecast --csv "$sets/airline_passengers.csv" --column passengers --window 12 --horizon 3
          --units 4 --epochs 2 --out out)

"$rondo" "${forecast[@]}" > first 2> progress
report $? "a short run"
for file in model.safetensors history.csv forecast.csv metrics.json report.html run.json; do
  [ -s "out/$file" ]; report $? "writes $file"
done
grep -q "^27 forecasts of 3 steps each" first; report $? "29 months are 27 origins"
"$rondo" predict --model out/model.safetensors --csv "$sets/airline_passengers.csv" | cmp -s - out/forecast.csv
report $? "the reloaded model predicts the same"
[ "$(wc -l < progress)" = 2 ]; report $? "one line per epoch without a terminal"
cp out/model.safetensors model && "$rondo" "${forecast[@]}" > second 2> /dev/null
cmp -s first second && cmp -s model out/model.safetensors; report $? "the same seed gives the same bits"
"$rondo" "${forecast[@]}" --seed 2 > /dev/null 2>&1
! cmp -s model out/model.safetensors; report $? "another seed gives another model"
rm -rf out && "$rondo" "${forecast[@]}" --quiet > /dev/null 2> quiet && [ ! -s quiet ]; report $? "--quiet"
"$rondo" forecast --help > help && grep -q -- --horizon help; report $? "--help"

header=month,passengers
printf '%s\n1,2\n2,3,4\n' $header > ragged.csv
printf '%s\n1,2\n2,many\n' $header > words.csv
printf '%s\n1,2\n2,nan\n' $header > nan.csv
printf '%s\n1,2\n2,3\n' $header > short.csv
: > empty.csv
mkdir locked && touch file

refuses "no command" "a command is missing: known are train, search, evaluate, predict, forecast, inspect"
refuses "unknown flag" "--colour" "${forecast[@]}" --colour red
refuses "no file" "--csv" forecast --column passengers --out out
refuses "a text" "--text" forecast --text short.csv --out out
refuses "not a number" "--window" "${forecast[@]}" --window many
refuses "negative size" "--units" "${forecast[@]}" --units=-3
refuses "zero units" "units must be positive, got 0" "${forecast[@]}" --units 0
refuses "zero window" "window" "${forecast[@]}" --window 0
refuses "zero horizon" "horizon" "${forecast[@]}" --horizon 0
refuses "zero epochs" "epochs" "${forecast[@]}" --epochs 0
refuses "negative rate" "learning_rate" "${forecast[@]}" --learning-rate=-1
refuses "season too long" "season of 5000" "${forecast[@]}" --season 5000
refuses "window too long" "the series has 144 rows, 115 of them for training" "${forecast[@]}" --window 200
refuses "missing file" "nowhere.csv" forecast --csv nowhere.csv --column x --out out
refuses "empty file" "empty.csv" forecast --csv empty.csv --column x --out out
refuses "ragged file" "ragged.csv:3" forecast --csv ragged.csv --column passengers --out out
refuses "word in a cell" "many" forecast --csv words.csv --column passengers --out out
refuses "nan in a cell" "nan" forecast --csv nan.csv --column passengers --out out
refuses "unknown column" "month" forecast --csv short.csv --column sales --out out
refuses "short series" "a horizon of 12 is longer than short.csv, which has 2 rows" forecast --csv short.csv --column passengers --out out
refuses "folder that is a file" "file" "${forecast[@]}" --out file
refuses "folder that cannot be made" "/proc/rondo" "${forecast[@]}" --out /proc/rondo

finish
