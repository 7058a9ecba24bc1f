#!/usr/bin/env bash
# `mpirun rondo train`: the files of one process whatever the number of ranks, also after a kill; refusals in one line; no
# rank left behind.  usage: ranks_test.sh RONDO SETS SCRATCH TENSORBOARD [MPIRUN [KILLS]]
# Without MPIRUN the program was built without MPI, and refuses to be started several times.
mpirun=${5:-} kills=${6:-5}
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 RONDO_NUM_THREADS=1
unset OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_STEP_NUM_TASKS

cp "$sets/airline_passengers.csv" air.csv
series=(train --csv air.csv --window 12 --horizon 3 --units 4)

if [ -z "$mpirun" ]; then
  for variable in OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_STEP_NUM_TASKS; do
    export $variable=4
    refuses "$variable without MPI" "was started as 4 processes, and built without MPI" "${series[@]}" --out out
    export $variable=1
    runs "one process is fine" "${series[@]}" --epochs 1 --out one
    unset $variable
  done
  finish
  exit
fi
oversubscribe=()
! "$mpirun" --version | grep -q "Open MPI\|OpenRTE" || oversubscribe=(--oversubscribe)
launch() {  # ranks, arguments …
  timeout 150 "$mpirun" "${oversubscribe[@]}" -n "$@" > stdout 2> stderr
}
ranks() {  # name, ranks, arguments …: status 0
  local name=$1 status=0
  shift
  launch "$1" "$rondo" "${@:2}" || status=$?
  report "$status" "$name" "status $status, stderr: $(cat stderr)"
}
ranks_refuse() {  # name, text, arguments of mpirun …: status 2, one line of rondo's, within the limit of time
  local name=$1 text=$2 status=0
  shift 2
  launch "$@" || status=$?
  check "$name: status" test "$status" = 2
  check "$name: one line" test "$(grep -c '^rondo: ' stderr)" = 1
  check "$name: its text" grep -qF -- "$text" stderr
}
begin_job() {  # ranks, arguments …: in the background; sets $job
  : > stderr  # that of the job before has epochs, too
  timeout 150 "$mpirun" "${oversubscribe[@]}" -n $1 "$rondo" "${@:2}" > stdout 2> stderr &
  job=$!
}
same_files() {  # name, folder, folder
  local file
  for file in history.csv checkpoint.safetensors; do
    check "$1: $file" cmp "$2/$file" "$3/$file"
  done
}
running() { pgrep -f -- "^$rondo train ${1:-}" || true; }  # the ranks of these tests, perhaps with these arguments
no_rank_left() {
  local i
  for i in $(seq 100); do
    [ -n "$(running)" ] || break
    sleep 0.1
  done
  check "$1: no rank is left" test -z "$(running)"
}

# ---- the same files ----

short=("${series[@]}" --epochs 4)
runs "one process with 8 shards" "${short[@]}" --shards 8 --out one
for n in 1 2 3 4 8; do
  ranks "$n ranks" $n "${short[@]}" --out many
  same_files "$n ranks" one many
  check "one rank prints" test "$(grep -c '^Epoch ' stderr)" = 4
  check "one rank reports" test "$(grep -c '^model: ' stdout)" = 1
  check "the shards are recorded" grep -q '"shards": 8' many/run.json
  check "nothing else is left" test "$(ls -A many | wc -l)" = "$(ls -A one | wc -l)"
done
head -c 3000 "$sets/words.csv" > words.txt
runs "a text in one process" train --text words.txt --window 20 --units 4 --epochs 2 --shards 8 --out one
ranks "a text on 2 ranks" 2 train --text words.txt --window 20 --units 4 --epochs 2 --out many
same_files "a text" one many
ranks "the free order" 2 "${short[@]}" --any-order --out free

# ---- refusals ----

ranks_refuse "a missing file" "none.csv: cannot be read" 4 "$rondo" train --csv none.csv
ranks_refuse "an unknown option" "there is no option '--bogus'" 2 "$rondo" train --bogus
ranks_refuse "another command" "[evaluate] runs as one process" 2 "$rondo" evaluate --model many/model.safetensors
ranks_refuse "too small a batch" "a batch of 4 cannot be cut in 8 shards" 2 "$rondo" "${short[@]}" --batch-size 4 --out no
ranks_refuse "more ranks than shards" "4 shards do not go round 6 ranks" 6 "$rondo" "${short[@]}" --shards 4 --out no
ranks_refuse "other options" "rank 2 of 3 has seed 7, rank 0 has 1" 2 "$rondo" "${short[@]}" --out no : \
  -n 1 "$rondo" "${short[@]}" --seed 7 --out no
mkdir elsewhere && sed 's/118/119/' air.csv > elsewhere/air.csv
ranks_refuse "other data" "has data with the checksum" 1 "$rondo" "${short[@]}" --out "$PWD/no" : \
  -n 1 sh -c "cd elsewhere && exec '$rondo' ${short[*]} --out '$PWD/no'"
: > progress
"$rondo" "${series[@]}" --epochs 1000000 --patience 1000000 --out busy > /dev/null 2> progress &
holder=$!
until grep -q "Epoch 2/" progress; do sleep 0.02; done
ranks_refuse "a folder in use" "the folder busy is in use by process $holder" 3 "$rondo" "${short[@]}" --out busy
kill -9 $holder && wait $holder 2> /dev/null || true
no_rank_left "refusals"
check "nothing is written" test ! -e no

# ---- kills ----

long=("${series[@]}" --epochs 150 --patience 1000 --shards 8)
hits=0
runs "a whole run" "${long[@]}" --out whole
for i in $(seq "$kills"); do
  n=$((i % 3 == 0 ? 4 : 2))
  rm -rf killed
  epoch=$((RANDOM % 70 + 2))
  begin_job $n "${long[@]}" --out killed
  until grep -q "Epoch $epoch/" stderr || ! kill -0 $job 2> /dev/null; do sleep 0.01; done
  victims=($(running ".*--out killed"))
  if [ ${#victims[@]} -gt 0 ] && kill -9 "${victims[RANDOM % ${#victims[@]}]}" 2> /dev/null; then
    hits=$((hits + 1))
  fi  # else the run was at its end before
  begin=$SECONDS
  wait $job 2> /dev/null || true
  check "kill $i: ends within 10 s" test $((SECONDS - begin)) -le 10
  no_rank_left "kill $i"
  if [ -e killed/backup/training.safetensors ]; then
    ranks "kill $i: goes on with other ranks" $((6 - n)) train --out killed --resume
  elif [ ! -e killed/model.safetensors ]; then
    rm -rf killed && ranks "kill $i: begins again" $n "${long[@]}" --out killed
  fi
  same_files "kill $i" whole killed
  check "kill $i: nothing half-written" test "$(ls -A killed | wc -l)" = "$(ls -A whole | wc -l)"
done

check "most kills hit a rank that runs" test $((2 * hits)) -ge "$kills"
echo "$hits of $kills kills hit a rank that runs"

# A signal to one rank ends all of them with a backup.
rm -rf killed
begin_job 2 "${long[@]}" --epochs 100000 --out killed
until grep -q "Epoch 3/" stderr || ! kill -0 $job 2> /dev/null; do sleep 0.01; done
victims=($(running ".*--out killed"))
kill -TERM "${victims[1]}"
wait $job 2> /dev/null || true
check "a signal to the second rank is told once" test "$(grep -c '^Interrupted after batch' stderr)" = 1
no_rank_left "a signal"
check "the backup is there" test -e killed/backup/training.safetensors
ranks_refuse "a folder that is not shared" "rank 1 of 2: [train] --resume: killed holds no interrupted run: give the folder of one, which" \
  1 "$rondo" train --out killed --resume : -n 1 sh -c "cd elsewhere && exec '$rondo' train --out killed --resume"
no_rank_left "a folder that is not shared"
finish
