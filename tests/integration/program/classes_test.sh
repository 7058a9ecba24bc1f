#!/usr/bin/env bash
# Series with a class each: what train, evaluate and predict say and leave, and one clear line for each mistake.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

# Levels around 1 are low, around 3 high: one look tells.
make_ts() {  # lines, first number
  printf '@problemName levels\n@univariate true\n@equalLength false\n@classLabel true low high\n@data\n'
  awk -v lines="$1" -v seed="$2" 'BEGIN {
    srand(seed)
    for (i = 0; i < lines; ++i) {
      line = ""
      for (t = 0; t < 4 + i % 3; ++t) line = line (t ? "," : "") (i % 2 ? 3 : 1) + 0.4 * (rand() - 0.5)
      print line ":" (i % 2 ? "high" : "low")
    }
  }'
}
make_ts 24 1 > TRAIN.ts && make_ts 10 2 > TEST.ts
small=(--units 4 --epochs 30 --learning-rate 0.02 --quiet)
metrics() { tr -d ' \n' < "$1/metrics.json"; }  # folder
says() { metrics "$1" | grep -qF -- "$2"; }      # folder, part of its metrics

runs "train" train --csv TRAIN.ts --test TEST.ts "${small[@]}" --out run
check "says what was read" grep -qx "TRAIN.ts: 24 series of 2 classes, 1 channel, 4 to 6 steps, no missing values" stdout
for file in model.safetensors run.json history.csv metrics.json report.html checkpoint.safetensors; do
  check "leaves $file" test -s "run/$file"
done
check "the measured part" says run '"measured":"test","series":10,'
check "the measures" says run '"accuracy":1.0,"balanced_accuracy":1.0,"f1":1.0,"majority":{"accuracy":0.5}'
check "the confusion matrix" says run '"classes":["low","high"],"confusion":[[5,0],[0,5]]}'
check "the report has the command" grep -q "rondo train --config run/run.json" run/report.html
cp run/model.safetensors first.safetensors
runs "train again" train --config run/run.json --quiet
check "the same weights" cmp first.safetensors run/model.safetensors
runs "validate" train --csv TRAIN.ts "${small[@]}" --validation-split 0.25 --out valid
check "6 of 24 validate" says valid '"measured":"validation","series":6,'
runs "all options" train --csv TRAIN.ts --units 4,3 --cell lstm --one-direction --dropout 0.1 --recurrent-dropout 0.1 \
  --class-weights --epochs 1 --batch-size 5 --seed 2 --quiet --out options
check "two layers of one direction" grep -q "^lstm_1 (LSTM) *(None, 3)" stdout

runs "evaluate" evaluate --model first.safetensors --csv TEST.ts --out measured
check "10 series" test "$(awk '$1 == "series" { print $2 }' stdout)" = 10
check "writes metrics" says measured '"measured":"test","series":10,"accuracy":1.0,'
check "writes a report" test -s measured/report.html
runs "predict" predict --model first.safetensors --csv TEST.ts
check "names lines, classes and probabilities" test "$(head -n 1 stdout)" = "line,class,probability of low,probability of high"
check "the class of the series in line 6" test "$(sed -n 2p stdout | cut -d, -f1,2)" = 6,low
check "probabilities add up to 1" awk -F, 'NR > 1 && ($3 + $4 - 1) ^ 2 > 1e-8 { exit 1 }' stdout
cp stdout printed
runs "predict into a file" predict --model first.safetensors --csv TEST.ts --out classes.csv
check "holds what is printed" cmp printed classes.csv
sed -e 's/@classLabel.*/@classLabel false/' -e 's/:.*//' TEST.ts > NEW.ts
runs "predict what nobody knows" predict --model first.safetensors --csv NEW.ts
check "the same" cmp printed stdout
runs "inspect" inspect first.safetensors
check "classes" grep -qx "classes: 'low', 'high'" stdout

# UCR's tables: the same series with a class in front.
awk -F: 'NR > 5 { gsub(",", "\t", $1); print $2 "\t" $1 }' TRAIN.ts > TRAIN.tsv
runs "a table of UCR" train --csv TRAIN.tsv "${small[@]}" --out tsv
cut -f2-4 TRAIN.tsv > table.tsv
runs "a table with a delimiter is a series" train --csv table.tsv --delimiter tab --no-header --column 1 \
  --window 2 --horizon 1 --epochs 1 --quiet --out table
check "of windows" grep -q "(None, 2, 1)\|gru (GRU)" stdout

interrupt TERM train --csv TRAIN.ts --units 4 --epochs 4000 --out stopped
check "SIGTERM" test "$status" = 143
check "no model" test ! -e stopped/model.safetensors
refuses "other options" "'dropout' is 0.3 there, 0.2 here" train --csv TRAIN.ts --units 4 --epochs 4000 --dropout 0.2 --out stopped --resume
make_ts 24 3 > OTHER.ts && cp TRAIN.ts KEPT.ts && cp OTHER.ts TRAIN.ts
refuses "other data" "checksum" train --out stopped --resume
cp KEPT.ts TRAIN.ts

# ---- series of a table ----

# Machines with an hour in each row, the rows of all mixed; one has a gap, one an empty cell.
make_table() {  # machines, first number
  echo "hour,machine,current,heat,state"
  awk -v machines="$1" -v seed="$2" 'BEGIN {
    srand(seed)
    for (t = 0; t < 6; ++t) for (i = 0; i < machines; ++i) {
      if (i == 3 && t == 2 || t >= 4 + i % 3) continue
      printf "2026-01-01T%02d:00,m%d,%s,%.2f,%s\n", t, i, i == 4 && t == 1 ? "" : (i % 2 ? 3 : 1) + 0.4 * (rand() - 0.5), rand(),
        i % 2 ? "worn" : "sound"
    }
  }'
}
make_table 24 1 > machines.csv && make_table 10 2 > more.csv
label=(--label state --series machine)
runs "learn a table" train --csv machines.csv "${label[@]}" --test more.csv "${small[@]}" --out table_run
check "series by name" grep -qx "machines.csv: 24 series of 2 classes, 2 channels, 4 to 6 steps, 3 missing values" stdout
check "tell them apart" says table_run '"measured":"test","series":10,"accuracy":1.0,'
check "the classes" says table_run '"classes":["sound","worn"],"confusion":[[5,0],[0,5]]'
check "the channels are in run.json" grep -q '"past"' table_run/run.json
runs "one channel" train --csv machines.csv "${label[@]}" --past current --validation-split 0.25 "${small[@]}" --out one
check "of each class a quarter validates, a series as a whole" says one '"measured":"validation","series":6,'
runs "predict a table" predict --model table_run/model.safetensors --csv more.csv
check "names the series" test "$(head -n 1 stdout)" = "series,class,probability of sound,probability of worn"
check "and their class" test "$(sed -n 2,3p stdout | cut -d, -f1,2 | paste -sd' ')" = "m0,sound m1,worn"
cp stdout printed
cut -d, -f1-4 more.csv > unknown.csv
runs "predict what nobody knows" predict --model table_run/model.safetensors --csv unknown.csv
check "says the same" cmp stdout printed
(head -n 1 more.csv && tail -n +2 more.csv | sort -r) > mixed.csv
runs "rows out of order" predict --model table_run/model.safetensors --csv mixed.csv
check "are put in order" cmp <(sort stdout) <(sort printed)
runs "evaluate a table" evaluate --model table_run/model.safetensors --csv more.csv
check "10 series of it" test "$(awk '$1 == "series" { print $2 }' stdout)" = 10

learn=(train "${label[@]}" "${small[@]}" --out out --csv)
refuses "no series" "--label needs --series" train --csv machines.csv --label state
refuses "no such label" "known are 'hour', 'machine', 'current', 'heat', 'state'" train --csv machines.csv --label kind --series machine
refuses "a forecast's option" "--horizon is not for classes of series (--label)" "${learn[@]}" machines.csv --horizon 2
sed '9s/sound/worn/;9s/worn$/worn/' machines.csv | sed '26s/sound/worn/' > changed.csv
refuses "a label that changes" "state" "${learn[@]}" changed.csv
sed 's/\(,m7,.*\),worn/\1,broken/' machines.csv > rare.csv
refuses "a label with one member" "the class 'broken' has one member, expected two members or more" "${learn[@]}" rare.csv
sed 's/\(,m1,.*\),worn/\1,broken/' more.csv > strange.csv
refuses "a label that training has not" "the class 'broken' does not occur in training" "${learn[@]}" machines.csv --test strange.csv
refuses "a word among numbers" "column 'heat' holds 'hot', expected a number" "${learn[@]}" <(sed '5s/,0\.[0-9]*,/,hot,/' machines.csv) --past heat
awk 'BEGIN { print "m,x,id"; for (i = 0; i < 1001; i++) for (k = 0; k < 2; k++) print i "," i + k ",c" i }' > ids.csv
refuses "a label of its own for each" "id" train --csv ids.csv --label id --series m --time none "${small[@]}" --out out
awk 'BEGIN { for (i = 0; i < 2002; i++) printf "c%d\t%d\t%d\n", i % 1001, i, i + 1 }' > many.tsv
refuses "too many classes" "many.tsv: there are 1001 classes, expected at most 1000" train --csv many.tsv "${small[@]}" --out out

# ---- bad input ----

train=(train "${small[@]}" --csv)
head -n 4 TRAIN.ts > header.ts
refuses "no data" "header.ts: the file ends without @data" "${train[@]}" header.ts
sed 's/@classLabel.*/@classLabel true low/' TRAIN.ts > one.ts
refuses "one class" "one.ts:4: @classLabel names 1 classes, expected two or more" "${train[@]}" one.ts
sed 's/@equalLength false/@equalLenght false/' TRAIN.ts > typo.ts
refuses "a broken header" "typo.ts:3: unknown line of the header '@equalLenght' (did you mean '@equalLength'?)" "${train[@]}" typo.ts
(cat TRAIN.ts && echo ":low") > empty.ts
refuses "an empty series" "empty.ts:30: channel 1 is empty, expected at least one value" "${train[@]}" empty.ts
(sed 's/low high/low high rare/' TRAIN.ts && echo "1,2:rare") > rare.ts
refuses "a class with one member" "rare.ts:30: the class 'rare' has one member, expected two members or more" "${train[@]}" rare.ts
sed -e 's/low high/low wild/' -e 's/high$/wild/' TEST.ts > wild.ts
refuses "a class that training has not" "wild.ts:7: the class 'wild' does not occur in training, known are 'low', 'high'" \
  "${train[@]}" TRAIN.ts --test wild.ts
refuses "the same when it is measured" "wild.ts:7: the class 'wild'" evaluate --model first.safetensors --csv wild.ts
sed -e '2d' -e '5,$s/^\([^:@]*\):/\1:\1:/' TEST.ts > two.ts
refuses "other channels" "two.ts has 2 channels, TRAIN.ts has 1: they must be the same" "${train[@]}" TRAIN.ts --test two.ts
refuses "other channels later" "two.ts:5: expected a series [steps, 1]" evaluate --model first.safetensors --csv two.ts
refuses "unknown classes" "NEW.ts: the class of its series is not known" "${train[@]}" NEW.ts
refuses "horizon" "--horizon is not for series with classes (.ts, .tsv)" "${train[@]}" TRAIN.ts --horizon 3
refuses "one direction for a table" "--one-direction is for series with classes (.ts, .tsv) only" \
  train --csv "$sets/sunspots.csv" --one-direction
refuses "a text option" "--units 64,32 names 2 layers, the model of a text has one" train --text "$sets/sunspots.csv" --units 64,32
refuses "no cell" "unknown cell 'gro' (did you mean 'gru'?)" "${train[@]}" TRAIN.ts --cell gro
refuses "no units" "units must be positive, got 0" "${train[@]}" TRAIN.ts --units 4,0
refuses "no list" "--units: must be a whole number" "${train[@]}" TRAIN.ts --units 4,,5
refuses "too large" "of memory" "${train[@]}" TRAIN.ts --units 1000000
refuses "forecast" "TRAIN.ts holds series with classes: rondo train learns them" forecast --csv TRAIN.ts
refuses "text options" "the model is one of classes" predict --model first.safetensors --csv TEST.ts --length 3
refuses "no file" "give --csv (.ts, .tsv)" predict --model first.safetensors
refuses "columns" "--column is not for series with classes" evaluate --model first.safetensors --csv TEST.ts --column a
refuses "a text for it" "is a model of classes" evaluate --model first.safetensors --text TRAIN.ts
"$rondo" evaluate --model first.safetensors --csv TEST.ts --out run > stdout 2> stderr && status=0 || status=$?
check "the folder of a run" test "$status $(grep -c "run holds the results of a training run: give another --out" stderr)" = "2 1"
finish
