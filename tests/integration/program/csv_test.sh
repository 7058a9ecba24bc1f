#!/usr/bin/env bash
# What CSV files of all kinds do to the program: read with a flag, or one clear line; and what --out does to files.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

small=(--window 6 --horizon 2 --units 4 --epochs 2 --quiet)
value() { awk 'BEGIN { for (i = 0; i < 120; ++i) printf "%s%s%.3f\n", i, ENVIRON["sep"], 10 + 5 * sin(i / 3) }'; }
export sep=,
(echo hour,v && value) > plain.csv
(echo hour,v && value | sed '1s/,.*/,NA/') > na_first.csv
(echo hour,v && value | sed 's/,/,$/') > units.csv
value | cut -d, -f2 > numbers.csv
sep=';' && (echo 'hour;v' && value | tr . ,) > semicolons.csv
sep=$'\t' && (printf 'hour\tv\n' && value) > tabs.csv
sep=,
(printf 'hour,H\xf6he\n' && value) > latin1.csv
(printf '\xff\xfe' && iconv -f UTF-8 -t UTF-16LE plain.csv) > utf16.csv
(echo '# station 12' && cat plain.csv) > comment.csv
(echo 'station 12' && cat plain.csv) > headline.csv
(printf '\n\r\n' && cat plain.csv) > blank.csv
tr '\n' '\r' < plain.csv > mac.csv
gzip -9 < plain.csv > plain.csv.gz
(echo 'hour,v' && value | sed '3s/,.*/,"1,230.5"/') > thousands.csv
(echo 'hour,v' && value | sed '3s/,.*/,1e-400/') > tiny.csv
(echo 'hour,v' && value | sed '3s/,.*/,1e400/') > huge.csv
printf 'hour,v\n1,"\033[31m1\n2"\n2,3\n' > escape.csv
printf 'hour,v\n1,2\n2,1\0\n' > nul.csv
printf '"\033[2J\033]0;evil\007\302\233m",b\nx,y\n' > title.csv
cp plain.csv $'h\xf6he.csv'

# Each of these is the same series. $numbers: the forecast of a model of the plain file.
runs "a plain file" train --csv plain.csv "${small[@]}" --out plain
check "says which column it took" grep -q "^column 'v': the last one that holds numbers" stdout
runs "its forecast" predict --model plain/model.safetensors --csv plain.csv
cp stdout forecast
same() {  # name, csv, flags …
  runs "$1" train --csv "$2" "${small[@]}" "${@:3}" --out same
  runs "$1: read as in training" predict --model same/model.safetensors --csv "$2"
  check "$1: same forecast" cmp -s stdout forecast
}
same "a blank line first" blank.csv
same "a comment first" comment.csv
same "an old Mac's file" mac.csv
same "gzip" plain.csv.gz
same "semicolons and decimal commas" semicolons.csv --delimiter ';' --decimal ,
check "run.json has the delimiter" grep -q '"delimiter": ";"' same/run.json
runs "predict: other flags than in training" predict --model same/model.safetensors --csv plain.csv \
  --delimiter , --decimal .
check "same forecast" cmp -s stdout forecast
same "tabs" tabs.csv --delimiter tab
same "no header" numbers.csv --no-header
runs "a file with a header for a model without" predict --model same/model.safetensors --csv plain.csv --header --column v
check "same forecast" cmp -s stdout forecast
runs "a number below 1e-308" train --csv tiny.csv "${small[@]}" --out tiny

train=(train "${small[@]}" --out out --csv)
refuses "NA first" "na_first.csv:2: column 'v' holds 'NA', expected a finite number: fill what is missing" "${train[@]}" na_first.csv
refuses "units" "units.csv:2: column 'v' holds '\$10.000', expected a finite number: numbers are read without units" \
  "${train[@]}" units.csv
refuses "no header" "numbers.csv: the first line looks like data, it holds '10.000': --no-header" "${train[@]}" numbers.csv
refuses "semicolons" "semicolons.csv: the delimiter seems to be ';', not ',' (--delimiter ';')" "${train[@]}" semicolons.csv
refuses "tabs" "tabs.csv: the delimiter seems to be tab, not ',' (--delimiter tab)" "${train[@]}" tabs.csv
refuses "decimal commas" "if ',' is its decimal sign, say so (--decimal ',')" "${train[@]}" semicolons.csv --delimiter ';'
refuses "a long delimiter" "--delimiter must be one character or tab, got 'ab'" "${train[@]}" plain.csv --delimiter ab
refuses "separators of thousands" "thousands.csv:4: column 'v' holds '1,230.5'" "${train[@]}" thousands.csv
refuses "too large" "huge.csv:4: column 'v' holds '1e400', expected a finite number: it is too large" "${train[@]}" huge.csv
refuses "Latin-1" "latin1.csv:1: byte 7 of the line, 0xf6, is not UTF-8: if the file is ISO-8859-1" "${train[@]}" latin1.csv
refuses "UTF-16" "utf16.csv: is UTF-16, expected UTF-8: convert it with iconv" "${train[@]}" utf16.csv
refuses "a headline" "headline.csv:2: 2 fields, expected 1: line 1, 'station 12', was taken for the header" \
  "${train[@]}" headline.csv
refuses "a cell with an escape sequence" 'escape.csv:2: column '\''v'\'' holds '\''\x1b[31m1\n2'\' "${train[@]}" escape.csv
refuses "a NUL" "nul.csv:3: there is a NUL byte" "${train[@]}" nul.csv
refuses "names that are obeyed" '\x1b[2J\x1b]0;evil\x07\u009bm' "${train[@]}" title.csv
refuses "a name that is not UTF-8" 'csv '\''h\xf6he.csv'\'' is not UTF-8' "${train[@]}" $'h\xf6he.csv'
refuses "a device" "/dev/zero: is a device, no file" "${train[@]}" /dev/zero
refuses "a device as config" "/dev/zero: is a device, no file" train --config /dev/zero
refuses "a delimiter for a text" "--delimiter is for series" train --text plain.csv --delimiter ';'

# --out
predict=(predict --model plain/model.safetensors --csv plain.csv --out)
echo old > real.csv && chmod 600 real.csv && ln -s real.csv link.csv && echo mine > link.csv.tmp
runs "through a link" "${predict[@]}" link.csv
check "the link stays" test -L link.csv
check "its file is written" cmp -s real.csv forecast
check "its mode stays" test "$(stat -c %a real.csv)" = 600
check "nothing beside it is touched" grep -q mine link.csv.tmp
mkfifo pipe && (cat pipe > piped &) && runs "into a pipe" "${predict[@]}" pipe
for _ in 1 2 3 4 5 6 7 8 9 10; do cmp -s piped forecast && break || sleep 0.1; done
check "what came out" cmp -s piped forecast
runs "into stdout" "${predict[@]}" /dev/stdout
check "it is there" cmp -s stdout forecast

runs "a state_dict of PyTorch" inspect "$golden/safetensors/batchnorm.safetensors"
check "its counter" grep -qE '^1.num_batches_tracked +int64 +\(\) +1 +0 +0 +0  yes$' stdout
check "its weights" grep -qE '^0.weight +float32 +\(3, 2\) +6 ' stdout
refuses "a table as a model" "plain.csv: is not a safetensors file: it begins with 'hour,v" inspect plain.csv

finish
