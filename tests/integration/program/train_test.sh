#!/usr/bin/env bash
# rondo train: what a run leaves behind, how it is repeated, and one clear line for each mistake.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

csv=$sets/airline_passengers.csv
small=(--window 12 --horizon 3 --units 4 --epochs 2 --quiet --out out)

# ---- a series ----

runs "a series" train --csv "$csv" "${small[@]}"
for file in model.safetensors checkpoint.safetensors history.csv run.json; do
  check "writes $file" test -s "out/$file"
done
check "removes the backup" test ! -e out/backup
check "takes the last column of numbers" grep -q '"column": "passengers"' out/run.json
check "run.json has the defaults too" grep -q '"learning_rate": 0.003' out/run.json
check "a line of history per epoch" test "$(wc -l < out/history.csv)" = 3
command -v gnuplot > /dev/null && check "draws the history" grep -q "<svg" out/history.svg

cp out/model.safetensors first && cp out/run.json first.json
runs "run.json is a config" train --config out/run.json --quiet
check "the same weights from run.json" cmp first out/model.safetensors
check "the same run.json from run.json" cmp first.json out/run.json
runs "flags win over the config" train --seed 2 --config out/run.json --quiet
check "another seed, other weights" test "$(cmp -s first out/model.safetensors; echo $?)" = 1
check "and another run.json" grep -q '"seed": 2' out/run.json
printf '{"csv": "%s", "window": 12, "units": 4, "epochs": 1, "out": "other"}' "$csv" > config.json
runs "a config of one's own" train --config config.json --quiet
check "in the folder that it names" test -s other/model.safetensors
runs "without validation" train --csv "$csv" "${small[@]}" --validation-split 0 --reduce-lr-patience 1
check "has no val_loss" grep -q '^epoch,learning_rate,loss,val' out/history.csv
mkdir -p 'in {epoch}'
runs "braces in a path" train --csv "$csv" "${small[@]}" --out 'in {epoch}'
check "are nothing special" test -s 'in {epoch}/checkpoint.safetensors'
check "--help names the keys" grep -q batch_size <("$rondo" train --help)

rm -rf out
status=0
"$rondo" train --csv "$csv" "${small[@]}" --learning-rate 1e38 > stdout 2> stderr || status=$?
check "a loss that is no number ends the run" test "$status" = 2
check "and is placed" grep -q "the loss is nan in epoch 1, batch 2 .* node" stderr
check "without a model" test ! -e out/model.safetensors

# ---- a text ----

text=(train --text "$sets/words.csv" --window 20 --units 8 --epochs 1 --quiet --out out)
runs "a text" "${text[@]}"
check "measures bits per character" grep -q bits_per_character out/history.csv
cp out/model.safetensors first
runs "a text again" train --config out/run.json --quiet
check "the same weights of a text" cmp first out/model.safetensors

# ---- TensorBoard ----

board=(train --csv "$csv" "${small[@]}" --tensorboard board)
if [ "$tensorboard" = ON ]; then
  runs "TensorBoard" "${board[@]}"
  check "training events" test -n "$(find board/train -name 'events.out.tfevents.*' -size +0)"
  check "validation events" test -n "$(find board/validation -name 'events.out.tfevents.*' -size +0)"
else
  refuses "TensorBoard without protobuf" "install_dependencies.sh --tensorboard" "${board[@]}"
fi

# ---- interruptions ----

cp "$csv" air.csv
mkdir whole && cp "$csv" whole/air.csv
long=(--patience 1000000 --out long)
endless=("${long[@]}" --epochs 1000000)
# A run of two epochs more than the interrupted one in long/, and one of as many without a break: the same files.
go_on() {  # name, arguments of both
  local done
  done=$("$rondo" inspect long/backup/training.safetensors | sed -n 's/^epoch: \([0-9]*\) done$/\1/p')
  runs "$1 goes on" train "${@:2}" "${long[@]}" --epochs $((done + 2)) --resume --quiet
  (cd whole && "$rondo" train "${@:2}" "${long[@]}" --epochs $((done + 2)) --quiet > stdout)
  check "$1 ends with the weights of a whole run" cmp whole/long/model.safetensors long/model.safetensors
  check "and with its history" cmp whole/long/history.csv long/history.csv
  check "and without a backup" test ! -e long/backup
}

series=(--csv air.csv --window 12 --horizon 3 --units 4)
refuses "nothing to resume" "no interrupted run" train "${series[@]}" "${endless[@]}" --resume
interrupt INT train "${series[@]}" "${endless[@]}"
report $((status != 130)) "Ctrl-C has status 130" "$status"
check "says how to go on" grep -q "rondo train --config long/run.json --resume" stderr
check "no model of half a run" test ! -e long/model.safetensors
refuses "a new run over an interrupted one" "--resume goes on" train "${series[@]}" "${endless[@]}"
refuses "another rate on resume" "'learning_rate' is 0.003 there, 0.01 here" \
  train --config long/run.json --resume --learning-rate 0.01
sed -i '100s/,.*/,1000/' air.csv
refuses "other data on resume" "training_data/checksum" train --config long/run.json --resume
cp "$csv" air.csv
check "the backup is still there" test -s long/backup/training.safetensors
cp -r long damaged
go_on "a series" "${series[@]}"
rm -r long && interrupt KILL train "${series[@]}" "${endless[@]}"
go_on "a series after kill -9" "${series[@]}"
head -c 1000 damaged/backup/training.safetensors > cut && mv cut damaged/backup/training.safetensors
refuses "a damaged backup" "training.safetensors" train --config damaged/run.json --resume --out damaged

cp "$sets/words.csv" . && cp words.csv whole
rm -r long && interrupt INT train --text words.csv --window 20 --units 8 "${endless[@]}"
go_on "a text" --text words.csv --window 20 --units 8

# ---- mistakes ----

header=month,passengers
printf '%s\n1,2\n2,3,4\n' $header > ragged.csv
printf '%s\n1,2\n2,many\n' $header > words.csv
printf '%s\n1,2\n2,3\n' $header > short.csv
printf 'month,name\nmay,one\njune,two\n' > names.csv
: > empty.csv
printf 'too short' > short.txt
printf 'caf\xe9' > latin.txt
: > file

refuses "no command" "a command is missing: known are train, search, evaluate, predict, forecast, inspect"
refuses "unknown flag" "--colour" train --csv "$csv" --colour red
refuses "neither file" "give --csv or --text" train
refuses "both files" "exclude one another" train --csv "$csv" --text "$csv"
refuses "missing file" "nowhere.csv" train --csv nowhere.csv
refuses "empty file" "empty.csv" train --csv empty.csv
refuses "ragged file" "ragged.csv:3" train --csv ragged.csv
refuses "word in a cell" "words.csv:3" train --csv words.csv
refuses "no column of numbers" "'month', 'name'" train --csv names.csv
refuses "unknown column" "known are 'month', 'passengers'" train --csv short.csv --column sales
refuses "a file that grows while it is read" "changed while it was read" train --csv /proc/self/limits
refuses "window too long" "144" train --csv "$csv" --window 200 --out out
refuses "series too short to validate" "validation" train --csv short.csv --window 1 --horizon 1 --out out
refuses "zero units" "units must be positive, got 0" train --csv "$csv" "${small[@]}" --units 0
refuses "units without memory" "[train] units 100000000000000000, window 12 and batches of 32 need about" train --csv "$csv" "${small[@]}" --units 100000000000000000
refuses "units that overflow" "units must be at most" train --csv "$csv" "${small[@]}" --units 6148914691236517206
refuses "a seed of 65 bits" "must be a whole number from 0 to 18446744073709551615, in decimal digits, got '18446744073709551616'" train --csv "$csv" --seed 18446744073709551616
refuses "units of 65 bits" "must be a whole number from 0 to 18446744073709551615, in decimal digits, or several, separated by commas, got '18446744073709551616'" train --csv "$csv" --units 18446744073709551616
refuses "a horizon that overflows" "window and horizon reach 0 + 18446744073709551615 rows: too far to count" train --csv "$csv" --horizon 18446744073709551615
refuses "zero horizon" "horizon must be positive, got 0" train --csv "$csv" --horizon 0
refuses "zero epochs" "epochs" train --csv "$csv" "${small[@]}" --epochs 0
refuses "negative size" "--window" train --csv "$csv" --window=-3
refuses "negative patience" "patience" train --csv "$csv" "${small[@]}" --patience=-1
refuses "split out of range" "validation_split must be in [0, 1)" train --csv "$csv" --validation-split 1
refuses "a folder that is a file" "file" train --csv "$csv" "${small[@]}" --out file
refuses "a folder that cannot be made" "/proc/rondo" train --csv "$csv" "${small[@]}" --out /proc/rondo
refuses "missing text" "nowhere.txt" train --text nowhere.txt
refuses "empty text" "no tokens" train --text empty.csv
refuses "short text" "does not fit the text" train --text short.txt --out out
refuses "text that is not UTF-8" "latin.txt:1" train --text latin.txt
refuses "column of a text" "--column is for series" train --text short.txt --column x
refuses "horizon of a text" "--horizon is for series" train --text short.txt --horizon 3

config() {  # name, text, JSON
  printf '%s' "$3" > config.json
  refuses "config: $1" "config.json: $2" train --config config.json --out out
}
refuses "config: missing" "nowhere.json" train --config nowhere.json
config "not JSON" "is not JSON: error at byte 11" '{"csv": 3,}'
config "no object" "expected a JSON object, found [1]" '[1]'
config "unknown key" "unknown key 'epoch' (did you mean 'epochs'?), known are csv, test, text" '{"csv": "a", "epoch": 3}'
config "a text for a number" "'epochs' must be a whole number from 0 on, found \"3\"" '{"epochs": "3"}'
config "a fraction" "'epochs' must be a whole number from 0 on, found 2.5" '{"epochs": 2.5}'
config "a negative size" "'window' must be a whole number from 0 on, found -1" '{"window": -1}'
config "a number too large for it" "'patience' must be a whole number" '{"patience": 4294967296}'
config "a number for a text" "'csv' must be a text, found 3" '{"csv": 3}'
config "a list for a number" "'learning_rate' must be a number, found [1]" '{"learning_rate": [1]}'
config "a key twice" 'has the key "seed" twice' '{"seed": 1, "seed": 2}'
config "a number that no double holds" "has a number that is too large" '{"learning_rate": 1e999}'

finish
