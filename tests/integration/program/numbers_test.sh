#!/usr/bin/env bash
# Numbers that the program reads and writes: of every size, and whole ones on the command line.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

# ---- series of every size ----

wave=$golden/../integration/program/wave.csv  # 120 values from 6 to 14
awk 'NR == 1 { print } NR > 1 { printf "%.3f\n", $1 + 1700000000 }' "$wave" > offset.csv
for power in -5 -50 -200 50 300; do sed "2,\$s/\$/e$power/" "$wave" > "e$power.csv"; done
task=(--window 6 --horizon 2 --units 4 --quiet)

errors_of() {  # folder: a line for each method
  for method in model naive seasonal_naive drift linear_autoregression holt_winters; do figure "$1/metrics.json" $method rmse; done
}
# Both columns of numbers agree to four digits; the first is multiplied by a factor, then shifted.
agree() {  # file, file, factor, offset
  paste "$1" "$2" | awk -v k="$3" -v o="$4" '
    { d = $1 * k + o - $2; if (d < 0) d = -d; s = $1 * k; if (s < 0) s = -s; if (d > 2e-4 * s + 2e-7 * (o > 0)) bad = 1; n++ }
    END { exit bad || n == 0 }'
}

runs "numbers from 6 to 14" forecast --csv "$wave" "${task[@]}" --epochs 40 --out plain
errors_of plain > errors
check "those of NumPy" test "$(sed -n 2,5p errors | awk '{ printf "%.4f ", $1 }')" = "1.6335 0.6604 1.6468 0.3067 "
awk -F, 'NR > 1 { print $5 }' plain/forecast.csv > forecasts
runs "train" train --csv "$wave" "${task[@]}" --epochs 2 --out trained
runs "evaluate" evaluate --model trained/model.safetensors --csv "$wave"
awk '$1 == "RMSE" { print $2 }' stdout > rmse
for name in offset e-5 e-50 e-200 e50 e300; do
  runs "$name" forecast --csv $name.csv "${task[@]}" --epochs 40 --out $name
  factor=1 offset=0
  if [ $name = offset ]; then offset=1700000000; else factor=1$name; fi
  errors_of $name > other
  check "$name: the same errors in their unit" agree errors other $factor 0
  awk -F, 'NR > 1 { print $5 }' $name/forecast.csv > other
  check "$name: the same forecasts" agree forecasts other $factor $offset
  runs "$name: predict" predict --model $name/model.safetensors --csv $name.csv
  check "$name: goes on as forecast does" cmp <(tail -n 2 $name/forecast.csv) <(tail -n 2 stdout)
  runs "$name: train" train --csv $name.csv "${task[@]}" --epochs 2 --out trained
  runs "$name: evaluate" evaluate --model trained/model.safetensors --csv $name.csv
  awk '$1 == "RMSE" { print $2 }' stdout > other
  check "$name: the same RMSE" agree rmse other $factor 0
done
(cat "$wave" && echo 1e300) > leap.csv
refuses "a value out of all proportion" "has 1e+300 in row 120, which is out of all proportion to training" \
  predict --model plain/model.safetensors --csv leap.csv
runs "a model of one column" train --csv "$wave" "${task[@]}" --epochs 2 --out trained
refuses "its value out of all proportion" "the value 1e+300 in row 120" \
  evaluate --model trained/model.safetensors --csv leap.csv

# ---- the season ----

air=("$sets/airline_passengers.csv" --window 12 --units 4 --epochs 1 --quiet)
for horizon in 1 3 12 13; do
  runs "passengers, $horizon ahead" forecast --csv "${air[@]}" --horizon $horizon --out air
  check "have a year" grep -q '^seasonal naive (12) ' stdout
  check "also for scripts" grep -q '"period": 12,' air/metrics.json
  check "which is said" grep -q 'period of 12 was found' stdout
done
# For the 29 months from August 1958 on: the root of the mean of (y(t) - y(t-12))^2.
year=$(awk -F, 'NR > 1 { y[n++] = $2 }
  END { for (t = n - 29; t < n; t++) s += (y[t] - y[t - 12]) ^ 2; printf "%.2f", sqrt(s / 29) }' "$sets/airline_passengers.csv")
runs "passengers" forecast --csv "${air[@]}" --horizon 1 --out air
check "the same month of last year" test "$(printf %.2f "$(figure air/metrics.json seasonal_naive rmse)")" = "$year"
runs "a season of one's own" forecast --csv "${air[@]}" --season 6 --out air
check "overrides" grep -q '^seasonal naive (6) ' stdout
check "and is no guess" test "$(grep -c 'was found' stdout)" = 0
awk 'BEGIN { srand(1); print "v"; for (i = 0; i < 300; i++) { v = 0; for (k = 0; k < 12; k++) v += rand(); print v } }' > noise.csv
runs "noise" forecast --csv noise.csv "${task[@]}" --epochs 1 --out noise
check "has no season" test "$(grep -c '^seasonal' stdout)" = 0
check "which is said" grep -q '^No period stands out' stdout

# ---- whole numbers of the command line ----

run=(train --csv "$wave" --window 6 --horizon 2 --units 4 --epochs 1 --quiet)
for n in 008 009 010 011; do
  runs "seed $n" "${run[@]}" --seed $n --out seeds
  check "$n is decimal" grep -q "\"seed\": $((10#$n))\$" <(tr -d , < seeds/run.json)
done
runs "zeros before all of them" train --csv "$wave" --window 06 --horizon 02 --units 04 --epochs 01 \
  --batch-size 032 --patience 08 --reduce-lr-patience 010 --seed 0000000000000000000000010 --quiet --out zeros
for value in window=6 horizon=2 units=4 epochs=1 batch_size=32 patience=8 reduce_lr_patience=10 seed=10; do
  check "$value" grep -qE "\"${value/=/\": }(,|\$)" zeros/run.json
done
runs "the largest seed" "${run[@]}" --seed 18446744073709551615 --out seeds
check "is kept" grep -q 18446744073709551615 seeds/run.json

whole() {  # option, text, arguments: the option is refused with its name, its text and what is expected
  local list=
  [ "$1" != --units ] || list=", or several, separated by commas"
  refuses "$1 $2" "$1: must be a whole number from 0 to ${3:-18446744073709551615}, in decimal digits$list, got '$2'" \
    "${@:4}" "$1=$2"
}
for option in --window --horizon --units --epochs --batch-size --seed; do
  for text in 18446744073709551616 99999999999999999999 0x10 2.5 1e3 abc -1 +1 ' 1' 1_000; do
    whole "$option" "$text" "" "${run[@]}" --out out
  done
done
for option in --patience --reduce-lr-patience; do
  whole "$option" 2147483648 2147483647 "${run[@]}" --out out
done
whole --season 010x "" forecast --csv "$wave"
whole --length 0x10 "" predict --model zeros/model.safetensors
whole --seed -1 "" predict --model zeros/model.safetensors
for option in --learning-rate --global-clipnorm --validation-split; do
  for text in abc 0,5 0x1p3 nan inf 1e999; do
    refuses "$option $text" "$option: must be a finite number such as 0.25 or 1e-3, got '$text'" "${run[@]}" $option="$text"
  done
done
for option in window horizon units epochs batch-size; do
  refuses "$option 0" "${option/-/_} must be positive, got 0" "${run[@]}" --$option 0 --out out
done
refuses "a horizon without end" "window and horizon reach" "${run[@]}" --horizon 18446744073709551615 --out out
refuses "a season without end" "a season of 18446744073709551615 reaches back" \
  forecast --csv "$wave" "${task[@]}" --season 18446744073709551615 --out out

# ---- memory ----

# Weights alone: 3 · units² numbers of 4 bytes, five times (gradients, moments, the best epoch): 60 TB and 60 · 10¹² TB.
refuses "units beyond memory" "units 1000000, window 6 and batches of 32 need about 60 TB of memory" \
  "${run[@]}" --units 1000000 --out out
refuses "units beyond all bounds" "[GRU] units must be at most 4611686018427387903, got 18446744073709551615" \
  "${run[@]}" --units 18446744073709551615 --out out
refuses "the same in forecast" "need about 60 TB" forecast --csv "$wave" "${task[@]}" --units 1000000 --out out
limit() { # KiB of address space, where the program can live with that: not under sanitizers
  (ulimit -v "$1" && "$rondo" --version > /dev/null 2>&1) && ulimit -v "$1" || true
}
LC_ALL=C awk 'BEGIN { for (i = 0; i < 3; i++) for (c = 0; c < 6000; c++) {
  n = 19968 + c; printf "%c%c%c", 224 + int(n / 4096), 128 + int(n / 64) % 64, 128 + n % 64 } }' > han.txt
# 6,000 characters: a table of V × V floats would be 144 MB, several times over.
(limit 1500000; runs "a large alphabet" train --text han.txt --window 20 --units 4 --batch-size 4 --epochs 1 --quiet --out han
 echo "$passed $failed" > counts)
read -r passed failed < counts
check "has a model" test -s han/model.safetensors
old=$golden/safetensors/one_hot_text_model.safetensors  # by the program of November 2026
refuses "a text model of before" "is a model of an earlier version, whose characters were one-hot vectors" predict --model "$old"

# ---- notes ----

notes() { check "$1" grep -q "$2" stderr; }
runs "a rate out of all bounds" "${run[@]}" --learning-rate 1000 --out notes
notes "is told" "^rondo: warning: the best val_loss, .* that of always forecasting the mean"
runs "no validation" "${run[@]}" --validation-split 0 --out notes
notes "is told" "^rondo: nothing validates: early stopping and the best epoch go by the training loss"
runs "a run that learns" train --csv "$wave" "${task[@]}" --epochs 40 --out notes
check "has no notes" test -z "$(grep -E "warning|nothing validates|falls" stderr)"
(head -n 1 "${air[0]}" && tail -n +2 "${air[0]}" | sort -r) > newest.csv
runs "the newest first" train --csv newest.csv "${task[@]}" --epochs 40 --out notes
notes "is told" "^rondo: 'month' falls from row to row: .* the oldest must come first"

# ---- a text without end ----

status=0
(limit 1000000; timeout 60 "$rondo" predict --model han/model.safetensors --length 18446744073709551615) 2> stderr |
  head -c 30000 > endless || true
check "is seen while it is written" test "$(wc -c < endless)" = 30000

# ---- names ----

refuses "a typo" "there is no option '--epoch' (did you mean '--epochs'?)" "${run[@]}" --epoch 3
refuses "a typo with a value" "(did you mean '--units'?)" "${run[@]}" --unit=3
refuses "nothing like it" "there is no option '--colour': rondo train --help" "${run[@]}" --colour red
refuses "a word too many" "'3' is not expected here" "${run[@]}" 3
refuses "an option without its value" "--units: a value is missing" "${run[@]}" --units
refuses "an option with none" "--units: a value is missing" "${run[@]}" --units=
refuses "no such command" "unknown command 'learn', known are train, search, evaluate, predict, forecast, inspect" learn
refuses "a command with a typo" "(did you mean 'train'?)" trian --csv "$wave"
refuses "help is none" "rondo --help says more" help
refuses "an option before the command" "a command must come before '--csv'" --csv "$wave" train
refuses "two files" "--csv: is given 2 times, once is expected" "${run[@]}" --csv other.csv
refuses "two columns" "--column: is given 2 times" "${run[@]}" --column v --column v
refuses "two models" "--model: is given 2 times" predict --model a --model b

finish
