#!/usr/bin/env bash
# rondo inspect: files of this program, of another one, and damaged ones.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"

csv=$sets/airline_passengers.csv
"$rondo" train --csv "$csv" --window 12 --horizon 3 --units 4 --epochs 2 --quiet --out series > log
"$rondo" train --text "$sets/words.csv" --window 20 --units 8 --epochs 1 --quiet --out text > log
shows() { check "$1" grep -qE -- "$2" stdout; }  # name, pattern

runs "a model of a series" inspect series/model.safetensors
shows "its tensors" '^gru/gru_cell/kernel +float32 +\(1, 12\) +12 .* yes$'
shows "their number" '^5 tensors, 89 values$'  # 3·4 (1 + 4 + 2) of the GRU, 4 + 1
shows "its layers" '^gru \(GRU\) +\(None, 4\) +84$'
shows "its scaler" '^scaler: \(passengers - [0-9.]+\) / [0-9.]+$'
shows "its run" '"horizon": 3'

runs "a model of a text" inspect text/model.safetensors
shows "its vocabulary" '^vocabulary: [0-9]+ characters$'

runs "a checkpoint" inspect series/checkpoint.safetensors
shows "its optimizer" '^  optimizer: Adam$'
shows "its machine" '^  machine: OpenBLAS '
shows "its steps" '^  iterations: [0-9]+$'
shows "the optimizer's moments" '^optimizer/adam/m/dense/kernel'
shows "its layers" '^dense \(Dense\) +\(None, 1\) +5$'

interrupt INT train --csv "$csv" --units 4 --epochs 1000000 --patience 1000000 --out long
runs "a backup" inspect long/backup/training.safetensors
shows "where the run stands" '^epoch: [0-9]+ done$'

# Files made by hand: the length of the header, the header, the values.
craft() {  # header, values as printf writes them
  printf "\\x$(printf %02x $((${#1} % 256)))\\x$(printf %02x $((${#1} / 256)))\0\0\0\0\0\0%s$2" "$1"
}
craft '{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}' '\0\0\x80\x3f\0\0\0\x40\0\0\xc0\x7f' > foreign
runs "a file without metadata" inspect foreign
shows "1, 2 and no number" '^a +float32 +\(3\) +3 +1 +2 +1.5  no: 1 of 3$'
shows "no metadata" '^no metadata$'
craft '{"__metadata__":{"by":"a\nb"},"e":{"dtype":"BOOL","shape":[0],"data_offsets":[0,0]}}' '' > foreign
runs "an empty tensor" inspect foreign
shows "without extremes" '^e +bool +\(0\) +0 +- +- +-  yes$'
shows "metadata stays on one line" '^  by: a\\nb$'
runs "a file of another program" inspect "$golden/safetensors/reference.safetensors"

model=series/model.safetensors
refuses "no file" "file is required" inspect
refuses "missing file" "nowhere" inspect nowhere
refuses "a folder" "is a folder without model.json" inspect series
refuses "a text" "is not a safetensors file" inspect "$csv"
head -c 300 $model > cut
refuses "cut in the header" "header" inspect cut
head -c -1 $model > cut
refuses "cut in the values" "ends at byte" inspect cut
cat $model <(printf x) > longer
refuses "a byte too many" "1 bytes follow" inspect longer

parts='"format":"rondo model 1","scaler":"{}","run":"{\"csv\":\"a\",\"column\":\"b\"}"'
damaged() {  # name, text, metadata
  craft "{\"__metadata__\":{$3}}" '' > damaged
  refuses "metadata: $1" "damaged: $2" inspect damaged
}
damaged "no run" "has no 'run'" '"format":"rondo model 1"'
damaged "no layers" "has no 'model'" "$parts"
damaged "layers that are not JSON" "the config of its layers is not JSON" "\"model\":\"{\",$parts"
damaged "JSON that is no layer" "[make_layer] a config must be an object" "\"model\":\"[1,2]\",$parts"
damaged "an unknown layer" "[make_layer] unknown class 'Sofa'" "\"model\":\"{\\\"class_name\\\":\\\"Sofa\\\",\\\"config\\\":{}}\",$parts"
sequential() {  # units of a GRU
  printf '"model":"{\\"class_name\\":\\"Sequential\\",\\"config\\":{\\"layers\\":[{\\"class_name\\":\\"GRU\\",\\"config\\":{\\"units\\":%s,\\"batch_input_shape\\":[null,8,1]}}]}}"' "$1"
}
damaged "more units than fit into memory" "has no tensor 'gru/gru_cell/kernel'" "$(sequential 2000000000),$parts"
craft "{\"__metadata__\":{\"format\":\"rondo checkpoint 1\",$(sequential 2000000000)}}" '' > checkpoint
runs "a checkpoint with such units" inspect checkpoint
shows "its layers cannot be shown" '^layers cannot be shown: .* has no tensor .gru/gru_cell/kernel'
damaged "more units than can be counted" "[GRU] units must be at most" "$(sequential 6148914691236517206),$parts"
far='"format":"rondo model 1","run":"{\"csv\":\"a\",\"column\":\"b\",\"window\":8,\"horizon\":18446744073709551615}"'
damaged "a horizon that overflows" "[train] window and horizon reach 8 + 18446744073709551615 rows: too far to count" "$far"
damaged "a run that is not JSON" "run: is not JSON" '"format":"rondo model 1","run":"{"'
damaged "an unknown option" "run: unknown key" '"format":"rondo model 1","run":"{\"a\":1}"'
damaged "a run without data" "[train] a file is missing" '"format":"rondo model 1","run":"{}"'
craft '{"__metadata__":{"format":"rondo forecast 1"}}' '' > old
refuses "a model of an earlier version" "train it again" evaluate --model old --csv "$csv"
runs "which can be looked at" inspect old

# A model whose scaler, vocabulary or weights do not belong to its layers.
patched() {  # name, text, model, expression of sed that keeps the length
  LC_ALL=C sed "$4" "$3" > patched
  check "patch: $1" test "$(cmp -s patched "$3"; echo $?)" = 1
  refuses "$1" "$2" inspect patched
}
patched "another scaler" "StandardScaler" $model 's/StandardScaler/StandartScaler/'
patched "weights of another size" "kernel" $model 's/units\\":4/units\\":3/'
patched "another weight" "gru_call" $model 's/gru_cell\/bias/gru_call\/bias/'
patched "another vocabulary" "vocabulary" text/model.safetensors 's/\\"character\\"/\\"charakter\\"/'

finish
