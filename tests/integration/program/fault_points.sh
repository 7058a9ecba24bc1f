#!/usr/bin/env bash
# An error at the system calls of a run, one at a time. The run ends with status 0 and the right files, or with status 2
# and a line that says why; then it goes on to the right files.
#   usage: fault_points.sh RONDO SETS SCRATCH TENSORBOARD [all]
. "$(dirname "${BASH_SOURCE[0]}")/common.sh" "$@"
most=4
. "$here/points.sh" "$@"
more=()

"$rondo" "${small[@]}" > stdout && mv out whole
note_calls "${small[@]}" && rm -rf out

faults=0 ended=0
for fault in write:EIO write:ENOSPC fsync:EIO rename:EACCES linkat:EIO openat:EMFILE openat:EACCES close:EIO mkdir:ENOSPC \
             unlink:EACCES ftruncate:EIO fchmod:EPERM fcntl:ENOLCK flock:ENOLCK read:EIO lseek:EIO newfstatat:EACCES fstat:EIO \
             mmap:ENOMEM clone3:EAGAIN vfork:EAGAIN wait4:EINTR; do
  call=${fault%:*}
  for point in $(points_of "$call"); do
    rm -rf out
    status=0
    timeout 60 strace -qq -o trace -e trace="$call" -e inject="$call:error=${fault#*:}:when=$point" \
      "$rondo" "${small[@]}" > stdout 2> stderr || status=$?
    faults=$((faults + 1)) name="$fault $point"
    grep -v -e 'training goes on$' -e 'no other run may use the folder$' stderr > errors || true
    if [ $status = 0 ]; then
      check_whole "$name"
      cmp -s out/history.svg whole/history.svg || check "$name: a plot or a word" grep -q 'history.svg' stderr
      check "$name: status 0 without an error" test ! -s errors
    else
      ended=$((ended + 1))
      told=1
      [ $status = 2 ] && [ "$(wc -l < errors)" = 1 ] && grep -q '^rondo: ' errors && told=0
      report $told "$name: one line" "status $status: $(cat errors); $(grep INJECTED trace | cut -c 1-150)"
      check_clean "$name"
      go_on "$name"
      check_whole "$name"
    fi
  done
done
echo "$faults faults, $ended of them ended the run"
finish
