#!/usr/bin/env bash
# Reads with the real systems what rondo wrote: every model of tests/interop/cases in every format that can hold it, and 300
# random ones for PyTorch and ONNX Runtime; rondo reads what PyTorch and its exporters wrote.
#   usage: scripts/interop.sh [--system keras|tf-keras|tfjs|torch|onnx|all]
# Default: all. INTEROP_PYTHON names a Python that has the packages of tests/golden/requirements.txt; without it they are
# installed in build/parity-venv (about 2 GB), and those of tests/interop/requirements-torch.txt in build/interop-venv. TensorFlow.js is installed in build/interop-node.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/common.sh"

system=all
while [ $# -gt 0 ]; do
  case $1 in
    --system)
      [[ ${2:-} =~ ^(keras|tf-keras|tfjs|torch|onnx|all)$ ]] ||
        refuse "$1 must be keras, tf-keras, tfjs, torch, onnx or all, got '${2:-}'"
      system=$2
      ;;
    *) unknown_option "$1" --system ;;
  esac
  shift 2
done

"$root/scripts/install_dependencies.sh" --tests
echo "Building rondo_interop"
cmake -S "$root" --preset release --log-level=WARNING -D RONDO_BUILD_TESTS=ON
cmake --build "$root/build/release" --target rondo_interop rondo_interop_cases

folder=$root/build/interop-cases
rm -rf "$folder"
"$root/build/release/tests/interop/rondo_interop" --write "$folder" \
  "$root"/tests/interop/cases/{keras,tfjs} > "$root/build/interop-written.txt"
echo "What was written, and what no format can hold: build/interop-written.txt"

status=0
export PYTHONDONTWRITEBYTECODE=1
with_python() {  # program, options
  local python=${INTEROP_PYTHON:-}
  if [ -z "$python" ]; then
    make_venv "$root/build/parity-venv" "$root/tests/golden/requirements.txt" "Keras and TensorFlow"
    python=$root/build/parity-venv/bin/python
  fi
  echo "$1"
  "$python" "$root/tests/interop/$1" "${@:2}" "$folder" || status=1
}
with_node() {
  local modules=$root/build/interop-node
  command -v npm > /dev/null || refuse "TensorFlow.js needs node and npm; please install what Debian calls nodejs and npm"
  if [ ! -d "$modules/node_modules/@tensorflow/tfjs" ]; then
    echo "Installing TensorFlow.js in build/interop-node"
    mkdir -p "$modules"
    cp "$root/tests/golden/package.json" "$modules/"
    npm --prefix "$modules" install --silent --ignore-scripts --no-audit --no-fund
  fi
  echo verify_tfjs.cjs
  NODE_PATH=$modules/node_modules node "$root/tests/interop/verify_tfjs.cjs" "$folder" || status=1
}
case $system in keras | all) with_python verify_keras.py --train ;; esac
case $system in tf-keras | all) with_python verify_tf_keras.py ;; esac
case $system in tfjs | all) with_node ;; esac

# PyTorch and ONNX Runtime.
random=$root/build/interop-random
rm -rf "$random"
with_torch() {  # program, arguments
  local python=${INTEROP_PYTHON:-}
  if [ -z "$python" ]; then
    make_venv "$root/build/interop-venv" "$root/tests/interop/requirements-torch.txt" "PyTorch and ONNX Runtime"
    python=$root/build/interop-venv/bin/python
  fi
  echo "$1"
  "$python" "$root/tests/interop/$1" "${@:2}" || status=1
}
write_random() {  # format
  "$root/build/release/tests/interop/rondo_interop_cases" "$1" "$random/$1" 300
}
case $system in
  torch | all)
    write_random pt
    write_random safetensors
    with_torch verify_torch.py "$random/pt" "$random/safetensors"
    with_torch write_torch_cases.py "$random/from_torch" 100
    "$root/build/release/tests/interop/rondo_interop" "$random/from_torch" > "$root/build/interop-torch.txt" || status=1
    tail -n 1 "$root/build/interop-torch.txt"
    ;;
esac
case $system in
  onnx | all)
    write_random onnx
    with_torch verify_onnx.py "$random/onnx"
    ;;
esac
exit "$status"
