"""Serves one Python peer to rondo_bench: `peer_python.py NAME`. The questions and answers are those of
bench/server.hpp. What a peer needs is imported only by it, and its absence is the answer."""

import importlib
import os
import sys
import warnings

MODULES = {
    "jax": "jax_peer",
    "keras": "keras_peer",
    "keras-xla": "keras_xla_peer",
    "pytorch": "pytorch_peer",
    "onnxruntime": "onnxruntime_peer",
    "tflite": "tflite_peer",
}


def main():
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in MODULES:
        sys.exit(f"usage: peer_python.py {'|'.join(MODULES)}")
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints is no answer
    for variable, value in {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}.items():
        os.environ.setdefault(variable, value)
    warnings.filterwarnings("ignore")
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_peers"))
    try:
        from serve import serve  # needs NumPy

        peer = importlib.import_module(MODULES[name])
    except Exception as problem:  # missing, or installed and broken
        reason = " ".join(f"{type(problem).__name__}: {problem}".split())[:300]
        print(f"error\t{reason} (BENCH_PYTHON names another Python)", file=answers)
        return
    serve(peer, answers)


if __name__ == "__main__":
    main()
