#!/usr/bin/env bash
# Tables: what forecast, train, evaluate and predict say and leave, figures beside those of NumPy, and one clear line for
# each mistake.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

# Two shops, each day of two months; a cell is missing in the training part of one and in the test part of the other.
make_shops() {
  awk 'BEGIN {
    print "date,shop,sales,price,promo"
    for (t = 0; t < 60; t++) for (s = 0; s < 2; s++) {
      sales = 100 * (s + 1) + 10 * ((t * 7 + s * 3) % 5) + (t * t) % 11
      if ((s == 0 && t == 10) || (s == 1 && t == 55)) sales = ""
      printf "2024-%02d-%02d,%s,%s,%d,%s\n", 1 + (t >= 31), (t >= 31 ? t - 30 : t + 1), s ? "north" : "south", sales,
        3 + (t * 5) % 7, (t + s) % 4 ? "no" : "yes"
    }
  }'
}
make_shops > shops.csv
roles=(--csv shops.csv --target sales --past price --series shop --calendar weekday)
small=(--window 8 --horizon 3 --units 4 --epochs 2 --quiet)
says() { grep -qF -- "$1" stdout; }
top() { tr -d ' \n' < "$1" | grep -oE "\"$2\":[0-9.e+-]+" | tail -n 1 | cut -d: -f2; }  # file, name
near() {  # number, number, relative distance [1e-9]
   awk -v a="$1" -v b="$2" -v most="${3:-1e-9}" \
    'BEGIN { d = a - b; exit !(a != "" && b != "" && (d < 0 ? -d : d) <= most * (b < 0 ? -b : b)) }'
}
# Forecasts of a network depend, in single precision, on how many are made at once.
alike() { paste -d, "$1" "$2" | awk -F, '{ for (i = 1; i <= 6; i++) { d = $i - $(6 + i); if (i < 4 ? $i != $(6 + i) : d * d > 1e-12 * $i * $i) bad = 1 } } END { exit bad || NR == 0 }'; }

# ---- the test part ----

runs "forecast" forecast "${roles[@]}" "${small[@]}" --season 5 --test-split 0.25 --out shops
check "says what was read" says "daily, 2 series, 120 rows from 2024-01-01 to 2024-02-29, 2 missing in sales"
check "says what was guessed, with the flag" says "column 'date' is the time: it is the first that holds times (--time)"
check "says which is better" says "A simple method is better: Holt-Winters has a mean absolute error of"
check "13 origins of two shops" says "26 forecasts of 3 steps each, from all rows of the test part."
for file in model.safetensors forecast.csv metrics.json report.html run.json history.csv; do
  check "leaves $file" test -s "shops/$file"
done

# NumPy: numpy.linalg.lstsq for the autoregression; what is missing in the test part does not count, what a method sees of it
# is the value before. MASE: the mean over the shops.
numpy() {
  while read -r method name value; do
    check "$method: $name is that of NumPy" near "$(figure shops/metrics.json "$method" "$name")" "$value"
  done
}
numpy << 'END'
naive mae 20.36
naive rmse 23.86824948196523
naive smape 13.027337388009819
naive weighted_quantile_loss 0.11811571782178218
naive mase 8.016177518015754
seasonal_naive mae 3.026666666666667
seasonal_naive rmse 3.4583232931581165
seasonal_naive smape 1.9247503880929966
seasonal_naive weighted_quantile_loss 0.017558787128712873
seasonal_naive mase 1.1925067035361154
drift mae 20.669597973734746
drift rmse 24.307591990436375
drift smape 13.1801783313425
drift weighted_quantile_loss 0.1199118075518337
drift mase 8.13986271951515
linear_autoregression mae 3.4163285136355444
linear_autoregression rmse 4.298748319598937
linear_autoregression smape 2.3121555034199925
linear_autoregression weighted_quantile_loss 0.019819356321369573
linear_autoregression mase 1.3372765165581244
END

# The model's own figures: from what predict says of the file as it was at each of the 13 origins.
: > predicted
for rows in $(seq 45 57); do
  head -n $((1 + 2 * rows)) shops.csv > cut.csv
  "$rondo" predict --model shops/model.safetensors --csv cut.csv | tail -n +2 >> predicted
done
awk -F, 'NR == FNR { if (FNR > 1) actual[$1 "," $2] = $3; next }
  actual[$1 "," $2] != "" {
    y = actual[$1 "," $2]; d = y - $5; d = d < 0 ? -d : d; n++; mae += d; square += d * d; smape += 200 * d / (y + $5)
    inside += $4 <= y && y <= $6; size += y
    split("0.1 0.5 0.9", level, " ")
    for (q = 1; q <= 3; q++) { e = y - $(3 + q); loss += 2 * (e > 0 ? level[q] * e : (level[q] - 1) * e) }
  }
  END { printf "%.15g %.15g %.15g %.15g %.15g\n", mae / n, sqrt(square / n), smape / n, loss / (3 * size), inside / n }' \
  shops.csv predicted > own
read -r mae rmse smape loss coverage < own
check "the model's MAE" near "$(figure shops/metrics.json model mae)" "$mae" 1e-6
check "the model's RMSE" near "$(figure shops/metrics.json model rmse)" "$rmse" 1e-6
check "the model's sMAPE" near "$(figure shops/metrics.json model smape)" "$smape" 1e-6
check "the model's weighted quantile loss" near "$(figure shops/metrics.json model weighted_quantile_loss)" "$loss" 1e-6
check "the coverage" near "$(top shops/metrics.json coverage)" "$coverage"

check "forecast.csv has times, series, targets and quantiles" test "$(head -n 1 shops/forecast.csv)" = "time,series,target,0.1,0.5,0.9"
check "goes on after the data" test "$(cut -d, -f1-3 shops/forecast.csv | sed -n '2p;5p' | paste -sd' ')" = \
  "2024-03-01,south,sales 2024-03-01,north,sales"
check "its quantiles rise" awk -F, 'NR > 1 && !($4 <= $5 && $5 <= $6) { exit 1 }' shops/forecast.csv
runs "predict" predict --model shops/model.safetensors --csv shops.csv
check "says the same" cmp stdout shops/forecast.csv
runs "predict into a file" predict --model shops/model.safetensors --csv shops.csv --out next.csv
check "writes the same" cmp next.csv shops/forecast.csv
runs "evaluate" evaluate --model shops/model.safetensors --csv shops.csv --rows 15 --out measured
check "measures the same rows" near "$(figure measured/metrics.json model mae)" "$mae" 1e-6
check "writes a report" test -s measured/report.html
runs "inspect" inspect shops/model.safetensors
check "names the targets" says "targets: 'sales'"

report=shops/report.html
for text in "daily, 2 series, 120 rows" "(--time)" "rondo forecast --config shops/run.json" "2024-03-0" "north, sales" \
  "Mean absolute error by step of the horizon" "seasonal naive (5)" "<svg" "val_loss"; do
  check "the report has: $text" grep -qF -- "$text" $report
done
check "and nothing from elsewhere" test "$(grep -cE '<script|https?://' $report)" = 0
cp shops/model.safetensors first && cp shops/metrics.json first.json
runs "the command of the report" forecast --config shops/run.json --quiet
check "gives the same model" cmp first shops/model.safetensors
check "and the same figures" cmp first.json shops/metrics.json
runs "a folder for a shell" forecast "${roles[@]}" "${small[@]}" --out "it's here"
check "is quoted" grep -qF "rondo forecast --config &#39;it&#39;\\&#39;&#39;s here/run.json&#39;" "it's here/report.html"

# ---- folds ----

# NumPy: numpy.mean and numpy.std(ddof=1) of the three folds.
runs "folds" forecast "${roles[@]}" "${small[@]}" --season 5 --folds 3 --out folds
check "two shops, three folds" says "6 forecasts of 3 steps each, from 3 folds."
check "mean over the folds" near "$(figure folds/metrics.json seasonal_naive mae)" 2.777777777777778
check "of the naive one" near "$(figure folds/metrics.json naive mae)" 21.266666666666666
spread() { tr -d ' \n' < folds/metrics.json | sed 's/.*"spread"//' | grep -oE "\"$1\":\{\"mae\":[^,]*" | sed 's/.*://'; }
check "spread over the folds" near "$(spread seasonal_naive)" 2.0092379244472363
check "of the naive one" near "$(spread naive)" 1.3383239933256492
check "three folds" test "$(tr -d ' \n' < folds/metrics.json | grep -oE '"model":\{' | wc -l)" = 5

# ---- train ----

runs "train" train "${roles[@]}" "${small[@]}" --epochs 4 --out whole
check "prints the best epoch" grep -q "^best epoch *[1-4] of 4" stdout
check "leaves no comparison" test ! -e whole/metrics.json
runs "predict with it" predict --model whole/model.safetensors --csv shops.csv
check "six rows" test "$(wc -l < stdout)" = 7
interrupt TERM train "${roles[@]}" --window 8 --horizon 3 --units 4 --epochs 100000 --patience 100000 --out stopped
check "SIGTERM" test "$status" = 143
check "no model" test ! -e stopped/model.safetensors
refuses "other options" "'window' is 8 there, 9 here" train "${roles[@]}" --window 9 --horizon 3 --units 4 --epochs 100000 \
  --patience 100000 --out stopped --resume
begun=$(tail -n 1 stopped/history.csv | cut -d, -f1)
runs "resume" train --out stopped --resume --epochs $((begun + 3)) --quiet
"$rondo" train "${roles[@]}" --window 8 --horizon 3 --units 4 --epochs $((begun + 3)) --patience 100000 --quiet --out unbroken > stdout
check "has the history of a run without a break" cmp stopped/history.csv unbroken/history.csv
interrupt INT forecast "${roles[@]}" --window 8 --horizon 3 --units 4 --epochs 100000 --patience 100000 --out stopped
check "forecast: Ctrl-C" test "$status" = 130
check "forecast says how to go on" grep -q "rondo forecast --config stopped/run.json --resume goes on" stderr
runs "forecast goes on" forecast --out stopped --resume --epochs 3000 --quiet
check "and measures" test -s stopped/metrics.json

# ---- what is known in advance ----

known=(--csv shops.csv --target sales --known promo --series shop "${small[@]}")
for day in 1 2 3 4; do printf '2024-03-0%d,south,no\n2024-03-0%d,north,yes\n' $day $day; done > days
(echo date,shop,promo && cat days) > future.csv
runs "a future" forecast "${known[@]}" --future future.csv --out known
(cat shops.csv && sed 's/\(.*,.*\),\(.*\)/\1,,,\2/' days) > longer.csv
runs "rows without targets" predict --model known/model.safetensors --csv longer.csv
check "are the future" cmp stdout known/forecast.csv
runs "a second file" predict --model known/model.safetensors --csv shops.csv --future future.csv
check "is one, too" cmp stdout known/forecast.csv

# ---- rows that come one after another ----

"$rondo" predict --model shops/model.safetensors --follow < shops.csv > followed 2> stderr
check "is told nothing else" test ! -s stderr
check "has one line of names" test "$(head -n 1 followed)" = "time,series,target,0.1,0.5,0.9"
check "answers each row from the window and the season on" test "$(wc -l < followed)" = $((1 + 2 * (60 - 13 + 1) * 3))
check "ends as predict does" alike <(tail -n 6 followed) <(tail -n 6 shops/forecast.csv)
head -n 101 shops.csv > cut.csv
check "and says in the middle what predict says" alike <("$rondo" predict --model shops/model.safetensors --csv cut.csv | tail -n 6) \
  <("$rondo" predict --model shops/model.safetensors --follow < cut.csv | tail -n 6)
mkfifo rows && ("$rondo" predict --model shops/model.safetensors --follow < rows > at_once &)
exec 3> rows && head -n 101 shops.csv >&3
for _ in $(seq 100); do [ "$(wc -l < at_once)" = $((1 + 2 * (50 - 13 + 1) * 3)) ] && break || sleep 0.1; done
check "while the pipe is open" test "$(wc -l < at_once)" = $((1 + 2 * (50 - 13 + 1) * 3))
exec 3>&-
(head -n 30 shops.csv && echo 2024-01-16,south,many,3,no) > broken.csv
status=0 && "$rondo" predict --model shops/model.safetensors --follow < broken.csv > stdout 2> stderr || status=$?
check "a row that is wrong ends it with its line" grep -q "stdin:31: column 'sales' holds 'many', expected a number" stderr
check "with status 2" test "$status" = 2
head -n 5 shops.csv | "$rondo" predict --model shops/model.safetensors --follow > stdout 2> stderr
check "too few rows are told" grep -q "no forecast: 5 lines were read, a forecast needs 13 rows of a series" stderr
refuses "what must be known in advance" "--follow: the model needs 'promo' in advance" \
  predict --model known/model.safetensors --follow

# ---- other tables ----

runs "all options of the network" forecast "${roles[@]}" --window 8 --horizon 3 --units 6,4 --cell lstm --dropout 0.1 \
  --recurrent-dropout 0.1 --layer-normalization --quantiles 0.25,0.75 --epochs 2 --batch-size 16 --learning-rate 0.01 \
  --validation-split 0.2 --patience 3 --seed 3 --quiet --out network
check "two layers" grep -q "^recurrent_1 (LSTM) *(None, 4)" stdout
check "two quantiles" test "$(head -n 1 network/forecast.csv)" = "time,series,target,0.25,0.75"
awk -F, -v OFS=, '{ print $0, NR == 1 ? "size" : $2 == "north" ? 7 : 9 }' shops.csv > sized.csv
for option in --log --difference "--season 7" "--missing forward" "--missing linear" "--static size --categories size" \
  "--past price,promo --most-categories 2"; do
  runs "$option" forecast --csv sized.csv --target sales --series shop $option "${small[@]}" --out option
done
gzip -c shops.csv > shops.csv.gz
runs "compressed" forecast --csv shops.csv.gz --target sales --series shop --season 5 --test-split 0.25 "${small[@]}" --out gz
check "has the same figures" near "$(figure gz/metrics.json seasonal_naive mae)" 3.026666666666667
awk -F, 'NR == 1 || $2 == "north" { print $1 "," $3 }' shops.csv > north.csv
awk -F, 'NR == 1 || $2 == "south" { print $1 "," $3 }' shops.csv > south.csv
runs "several files" forecast --csv north.csv,south.csv "${small[@]}" --season 5 --test-split 0.25 --out files
check "a series each" says "each file is a series of its own (--files-are-series)"
check "with the figures of one file" near "$(figure files/metrics.json seasonal_naive mae)" 3.026666666666667
(head -n 31 north.csv) > early.csv && (head -n 1 north.csv && tail -n +32 north.csv) > late.csv
runs "files one after another" forecast --csv early.csv,late.csv "${small[@]}" --out files
check "are one series" says "the files are one series: their times follow one another (--files-are-series)"
awk -F, 'NR > 1 { split($1, d, "-"); gsub("\\.", ",", $2); print d[3] "." d[2] "." d[1] ";" $2 ",5" }' north.csv | sed '56d' > german.csv
runs "another form" forecast --csv german.csv --delimiter ';' --decimal , --no-header --time 0 --time-format %d.%m.%Y --target 1 \
  "${small[@]}" --out german
check "days" says "daily, 59 rows from 2024-01-01 to 2024-02-29, 1 gap"
runs "predict reads it as in training" predict --model german/model.safetensors --csv german.csv
check "the same" cmp stdout german/forecast.csv
runs "rows that are counted" forecast --csv north.csv --time none --target sales "${small[@]}" --out counted
check "have numbers" test "$(sed -n 2p counted/forecast.csv | cut -d, -f1)" = 60
"$rondo" predict --model counted/model.safetensors --follow < north.csv > stdout
check "also one after another" cmp <(tail -n 3 stdout) <(tail -n 3 counted/forecast.csv)
(cat shops.csv && printf '2024-02-29,tiny,3,4,no\n2024-02-28,tiny,3,4,no\n') > tiny.csv
runs "a short series" forecast --csv tiny.csv --target sales --series shop "${small[@]}" --out tiny
check "is named" grep -q "series 'tiny' has .* left out" stderr
check "the others go on" says "forecasts of 3 steps each"
awk -F, -v OFS=, 'NR == 1 { print $0, "twice"; next } { print $0, $3 == "" ? "" : 2 * $3 }' shops.csv > two.csv
runs "two targets" forecast --csv two.csv --target sales,twice --series shop --season 5 --test-split 0.25 "${small[@]}" --out two
check "figures are the mean over both" near "$(figure two/metrics.json seasonal_naive mae)" 4.54
check "each has its own" grep -q '"targets": {' two/metrics.json
sed '$s/[a-z]*$/never/' shops.csv > unseen.csv
runs "a category that training has not seen" forecast --csv unseen.csv --target sales --series shop --past promo "${small[@]}" --out unseen
check "is told" grep -q "unseen.csv:121: .*'never'" stderr

. "$here/tables_refused.sh"
finish
