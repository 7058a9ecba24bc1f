"""Writes reference.safetensors with the reference implementation of the format.

    python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make.py
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

tensors = {
    "counters": np.array([0, 2**64 - 1], dtype=np.uint64),
    "empty": np.zeros((0, 4), dtype=np.float32),
    "flags": np.array([True, False, True]),
    "gru/kernel": np.array([[0.1, -2.5, 3.0], [1e-30, -0.0, np.inf]], dtype=np.float32),
    "limit": np.array(np.finfo(np.float64).max),
    "moments": np.arange(8, dtype=np.float64).reshape(2, 1, 2, 2) / 3.0,
    "naïve \"name\"\n": np.array([7.0], dtype=np.float32),
}
save_file(tensors, Path(__file__).parent / "reference.safetensors", {"made by": "safetensors 0.8.0"})
