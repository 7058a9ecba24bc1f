#!/usr/bin/env bash
# rondo evaluate and rondo predict: numbers that follow from one another, and one clear line for each mistake.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

csv=$sets/airline_passengers.csv
"$rondo" train --csv "$csv" --window 12 --horizon 3 --units 4 --epochs 5 --quiet --out series > log
"$rondo" train --text "$sets/words.csv" --window 20 --units 8 --epochs 1 --quiet --out text > log
series=series/model.safetensors text=text/model.safetensors
value() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }
equal() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(a != "" && (d < 0 ? -d : d) <= 1e-5 * (b < 0 ? -b : b)) }'; }

# ---- a series ----

# 15 rows are one window of 12 and the value 3 behind it: 129. The 14 before it foretell the same value first.
head -n 16 "$csv" > one.csv && head -n 15 "$csv" > before.csv
runs "predict" predict --model $series --csv before.csv
check "horizon rows behind the last one" test "$(cut -d, -f1 stdout | paste -sd' ')" = "row 14 15 16"
foretold=$(awk -F, 'NR == 2 { print $2 }' stdout)
cp stdout printed
runs "predict into a file" predict --model $series --csv before.csv --out next.csv
check "holds what is printed" cmp next.csv printed
runs "evaluate" evaluate --model $series --csv one.csv
actual=$(awk -F, 'NR == 16 { print $2 }' "$csv")
error=$(awk -v a="$actual" -v b="$foretold" 'BEGIN { d = a - b; print d < 0 ? -d : d }')
check "one prediction" test "$(value predictions stdout)" = 1
check "RMSE of one prediction" equal "$(value RMSE stdout)" "$error"
check "MAE of one prediction" equal "$(value MAE stdout)" "$error"
scale=$("$rondo" inspect $series | sed -n 's/^scaler: .* \/ //p')
check "the loss is in units of the scaler" \
  equal "$(value loss stdout)" "$(awk -v e="$error" -v s="$scale" 'BEGIN { print (e / s) ^ 2 }')"
runs "evaluate all windows" evaluate --model $series --csv "$csv"
check "144 − 12 − 3 + 1" test "$(value predictions stdout)" = 130
sed '1s/passengers/people/' "$csv" > renamed.csv
runs "another column" evaluate --model $series --csv renamed.csv --column people

# ---- a text ----

runs "evaluate a text" evaluate --model $text --text "$sets/words.csv"
check "bits are nats / ln 2" equal "$(value bits_per_character stdout)" \
  "$(awk -v loss="$(value loss stdout)" 'BEGIN { print loss / log(2) }')"
check "better than 6 bits" awk -v b="$(value bits_per_character stdout)" 'BEGIN { exit !(b > 0 && b < 6) }'
for i in $(seq 20); do printf 'Ωdutch,woord\n'; done > foreign.txt
runs "characters that training never saw" evaluate --model $text --text foreign.txt
write=(predict --model $text --text-seed "dutch," --length 40)
runs "sample" "${write[@]}" --seed 3
check "40 characters behind the seed" test "$(wc -m < stdout)" = 47
check "the seed is read first" grep -q "^dutch," stdout
cp stdout sample
runs "sample again" "${write[@]}" --seed 3
check "the same seed, the same text" cmp sample stdout
runs "another sample" "${write[@]}" --seed 4
check "another seed, another text" test "$(cmp -s sample stdout; echo $?)" = 1
runs "cold" "${write[@]}" --temperature 1e-9 --seed 5
cp stdout cold
runs "cold again" "${write[@]}" --temperature 1e-9 --seed 6
check "near 0 degrees chance plays no part" cmp cold stdout

# ---- mistakes ----

head -n 5 "$csv" > short.csv
printf 'ab' > short.txt
refuses "no model" "--model is required" evaluate --csv "$csv"
refuses "missing model" "nowhere" evaluate --model nowhere --csv "$csv"
refuses "neither file" "give --csv or --text" evaluate --model $series
refuses "both files" "exclude one another" evaluate --model $series --csv "$csv" --text "$csv"
refuses "a text for a series" "is a model of a series" evaluate --model $series --text "$csv"
refuses "a series for a text" "is a model of a text" evaluate --model $text --csv "$csv"
refuses "a column for a text" "--column is for series" evaluate --model $text --text "$csv" --column a
refuses "unknown column" "known are 'month', 'people'" evaluate --model $series --csv renamed.csv
refuses "series too short" "4" evaluate --model $series --csv short.csv
refuses "text too short" "20" evaluate --model $text --text short.txt
refuses "predict: no series" "give --csv" predict --model $series
refuses "predict: series too short" "14 values are needed" predict --model $series --csv short.csv
refuses "predict: a text's option" "--csv, its options and --out only" predict --model $series --csv "$csv" --length 3
refuses "predict: a series' option" "--text-seed, --length" predict --model $text --csv "$csv"
refuses "predict: absolute zero" "temperature must be positive, got 0" predict --model $text --temperature 0
refuses "predict: nothing to read" "character to begin with" predict --model $text --text-seed ""
refuses "predict: negative length" "--length" predict --model $text --length=-1
refuses "predict: folder that is not there" "out/next.csv" predict --model $series --csv "$csv" --out out/next.csv
refuses "a checkpoint is no model" "rondo checkpoint 1" evaluate --model series/checkpoint.safetensors --csv "$csv"
status=0 && "$rondo" predict --model $series --csv "$csv" > /dev/full 2> stderr || status=$?
report $((status != 2)) "a full disk behind stdout" "status $status"

finish
