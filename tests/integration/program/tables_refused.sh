# Bad input of tables, for tables_test.sh: one line each, nothing written.
forecast=(forecast --target sales --series shop "${small[@]}" --out out --csv)
edit() { sed "$1" shops.csv > "$2"; }  # sed command, file

refuses "no file" "a file is missing: give --csv or --text" forecast --target sales
refuses "a file that is not there" "nowhere.csv" "${forecast[@]}" nowhere.csv
refuses "a text's option" "the model is one of tables, which takes --csv" predict --model shops/model.safetensors --csv shops.csv --length 3
refuses "a column and targets" "--column is --target for a single one: give one of both" "${forecast[@]}" shops.csv --column sales
refuses "no such column" "known are 'date', 'shop', 'sales', 'price', 'promo'" "${forecast[@]}" shops.csv --past prices
refuses "two roles" "column 'price' has two roles" "${forecast[@]}" shops.csv --past price --known price
refuses "a text as a number" "shops.csv:2: column 'promo' holds 'yes', expected a number" "${forecast[@]}" shops.csv --target promo
edit '7s/,[0-9]*,\([0-9]\),/,many,\1,/' words.csv
refuses "a word among numbers" "words.csv:7: column 'sales' holds 'many', expected a number" "${forecast[@]}" words.csv
edit '5s/2024-01-02/2024-01-01/' twice.csv
refuses "a time that comes twice" "twice.csv:5: the time 2024-01-01 of series 'north' stands here and in twice.csv:3" "${forecast[@]}" twice.csv
edit '9s/2024-01-04/04.01.2024/' forms.csv
refuses "two forms of time" "forms.csv:9: column 'date' holds '04.01.2024', expected the form of the first row, '2024-01-01': write all times in one form" "${forecast[@]}" forms.csv --time date
awk -F, -v OFS=, 'NR > 1 { $1 = $1 "T00:00:00" (NR < 9 ? "Z" : "+01:00") } { print }' shops.csv > zones.csv
refuses "two zones" "zones.csv:9: column 'date' holds" "${forecast[@]}" zones.csv --time date
awk -F, -v OFS=, 'NR > 1 { $4 = "" } { print }' shops.csv > empty.csv
refuses "an empty column" "empty.csv: column 'price' is empty in all rows of the training part: leave it out" "${forecast[@]}" empty.csv --past price
awk -F, -v OFS=, 'NR > 1 { $4 = 7 } { print }' shops.csv > constant.csv
refuses "a constant column" "constant.csv: column 'price' holds 7 in all rows" "${forecast[@]}" constant.csv --past price
awk -F, -v OFS=, 'NR > 1 { $3 = "" } { print }' shops.csv > targets.csv
refuses "targets that are all missing" "targets.csv: column 'sales' is empty in all rows" "${forecast[@]}" targets.csv
awk -F, -v OFS=, 'NR > 1 { $5 = "c" NR } { print }' shops.csv > codes.csv
refuses "too many categories" "or allow more (--most-categories)" "${forecast[@]}" codes.csv --past promo
refuses "missing cells that are refused" "expected a value: fill it in, or choose how to (--missing)" "${forecast[@]}" shops.csv --missing refuse
refuses "no future" "0 rows of 'promo=no', 'promo=yes' are known beyond the data, expected 3: append rows without targets" \
  "${forecast[@]}" shops.csv --known promo
refuses "a future of nothing" "--future future.csv: the model knows no column in advance (--known)" "${forecast[@]}" shops.csv --future future.csv
head -n 4 future.csv > less.csv
refuses "too little future" "2 rows of 'promo=no', 'promo=yes' are known beyond the data, expected 3" "${forecast[@]}" shops.csv --known promo --future less.csv
refuses "the same later" "0 rows of 'promo=no', 'promo=yes' are known beyond the data, expected 3" predict --model known/model.safetensors --csv shops.csv
head -n 15 shops.csv > short.csv
refuses "series that are all too short" "nothing can be tested: series 'south' has 2 rows for the test, the horizon needs 3" "${forecast[@]}" short.csv
refuses "too short for a forecast" "series 'south' has 7 rows, a forecast needs 13; series 'north' has 7 rows, a forecast needs 13" predict --model shops/model.safetensors --csv short.csv
refuses "too short for a test" "nothing can be tested: series 'south' has 60 rows, 0 of them for training" \
  evaluate --model shops/model.safetensors --csv shops.csv --rows 60
sed 's/2024-01-\([0-9]*\)/2024-01-\1 12:00:00/;s/2024-02-\([0-9]*\)/2024-02-\1 12:00:00/' shops.csv | sed '5s/12:00/13:00/' > hours.csv
refuses "a time between two steps" "hours.csv:5: the time 2024-01-02 13:00:00 lies between two steps" \
  predict --model shops/model.safetensors --csv hours.csv

refuses "horizon 0" "horizon must be positive, got 0" "${forecast[@]}" shops.csv --horizon 0
refuses "a horizon beyond all bounds" "a horizon of 100000000000 is longer than shops.csv, which has 120 rows" \
  "${forecast[@]}" shops.csv --calendar weekday --horizon 100000000000
refuses "window 0" "window must be positive, got 0" "${forecast[@]}" shops.csv --window 0
refuses "a quantile of 1" "quantiles" "${forecast[@]}" shops.csv --quantiles 0.5,1
refuses "quantiles that fall" "quantiles" "${forecast[@]}" shops.csv --quantiles 0.9,0.5,0.1
refuses "a quantile that is no number" "--quantiles: must be a finite number such as 0.25 or 1e-3, or several" "${forecast[@]}" shops.csv --quantiles 0.1,half
refuses "a name that is empty" "--past: must be a name, or several, separated by commas, got 'price,'" "${forecast[@]}" shops.csv --past price,
refuses "a season beyond the data" "a season of 31 reaches back before the beginning" "${forecast[@]}" shops.csv --season 31
refuses "a season of 0" "season must be positive, got 0" "${forecast[@]}" shops.csv --season 0
refuses "no such cell" "unknown name 'gro' (did you mean 'gru'?)" "${forecast[@]}" shops.csv --cell gro
refuses "no such policy" "--missing must be refuse, forward, linear or indicator, got 'zero'" "${forecast[@]}" shops.csv --missing zero
refuses "no such part of the calendar" "'moon'" "${forecast[@]}" shops.csv --calendar moon
refuses "hours of days" "is the same in every row" "${forecast[@]}" shops.csv --calendar hour
refuses "a test of everything" "test_split must be in (0, 1), got 1" "${forecast[@]}" shops.csv --test-split 1
refuses "a test and folds" "--test-split and --folds exclude one another" "${forecast[@]}" shops.csv --test-split 0.1 --folds 2
refuses "too many folds" "nothing can be tested" "${forecast[@]}" shops.csv --folds 50
refuses "yes or no" "--files-are-series must be yes or no, got 'maybe'" "${forecast[@]}" shops.csv --files-are-series maybe
refuses "both headers" "--header and --no-header exclude one another" "${forecast[@]}" shops.csv --header --no-header
edit '4s/,[0-9]*,/,0,/' zero.csv
refuses "a logarithm of 0" "log needs targets above 0" "${forecast[@]}" zero.csv --log
refuses "too large" "of memory" "${forecast[@]}" shops.csv --units 1000000
refuses "a rate out of all bounds" "learning_rate must be positive, got -1" "${forecast[@]}" shops.csv --learning-rate=-1
refuses "folds of train" "'folds' is for rondo forecast" train --config folds/run.json
refuses "the class of a table" "--class-weights is not for tables" train --csv shops.csv --target sales --class-weights
refuses "a text for its model" "is a model of tables" evaluate --model shops/model.safetensors --text shops.csv
refuses "another column's model" "--column is for models of one column" predict --model shops/model.safetensors --csv shops.csv --column sales
refuses "a file for --follow" "--follow reads rows from stdin" predict --model shops/model.safetensors --follow --csv shops.csv
refuses "no file for predict" "a file is missing: the model is one of tables, give --csv" predict --model shops/model.safetensors
refuses "rows and a share" "--rows and --test-split exclude one another" \
  evaluate --model shops/model.safetensors --csv shops.csv --rows 9 --test-split 0.2
cp shops.csv folds/forecast.csv
"$rondo" forecast --csv folds/forecast.csv --target sales --series shop "${small[@]}" --out folds > stdout 2> stderr && status=0 || status=$?
check "results as input" test "$status $(grep -c 'would be replaced by the results: give another --out' stderr)" = "2 1"
