#!/usr/bin/env bash
# kill -9 at the system calls that change files, in a run over the results of another one. What is there then is of one
# run; after going on, the files are those of a run that nothing disturbed.
#   usage: kill_points.sh RONDO SETS SCRATCH TENSORBOARD [all]
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"
most=7
. "$here/points.sh" "$@"
more=(--seed 2)

"$rondo" "${small[@]}" > stdout && mv out earlier
"$rondo" "${small[@]}" "${more[@]}" > stdout && mv out whole
cp -r earlier out && note_calls "${small[@]}" "${more[@]}"

kills=0
for call in openat write close fsync ftruncate fchmod mkdir rename link linkat unlink unlinkat rmdir; do
  for point in $(points_of $call); do
    rm -rf out && cp -r earlier out
    status=0
    { strace -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when="$point" \
        "$rondo" "${small[@]}" "${more[@]}" > stdout; } 2> stderr || status=$?
    kills=$((kills + 1)) name="$call $point"
    report $((status != 137)) "$name: a kill" "status $status"
    if cmp -s out/model.safetensors earlier/model.safetensors; then
      check "$name: the earlier run is whole" diff -r -x .lock -x backup -x '*.tmp*' earlier out
    elif [ -e out/model.safetensors ]; then
      check "$name: a model of this run" cmp out/model.safetensors whole/model.safetensors
      check "$name: beside its run.json" cmp out/run.json whole/run.json
    fi
    go_on "$name"
    check_whole "$name"
  done
done
echo "$kills kills"
finish
