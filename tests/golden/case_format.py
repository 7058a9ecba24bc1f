"""Numbers, names and files of parity cases."""

import json
import zlib
from pathlib import Path

import numpy as np

SIGNIFICANT_DIGITS = {"float64": 12, "float32": 9}
TOLERANCES = {"float64": (1e-10, 1e-10), "float32": (2e-6, 1e-5)}  # values, gradients


def numbers(array, dtype):
    """Nested lists, rounded to what the precision holds."""
    if array is None:
        return None
    if isinstance(array, (list, tuple)):
        return [numbers(entry, dtype) for entry in array]
    if isinstance(array, dict):
        return {name: numbers(entry, dtype) for name, entry in array.items()}
    array = np.asarray(array, dtype=np.float64)
    if not np.all(np.isfinite(array)):
        raise ValueError("a case may not hold a number that is not finite")
    digits = SIGNIFICANT_DIGITS[dtype]
    rounded = np.array([float(f"{value:.{digits}g}") for value in array.ravel()])
    return rounded.reshape(array.shape).tolist()


def normal(rng, shape, scale=1.0):
    """Normal numbers with four decimals: short in a file, the same in every precision."""
    return np.round(rng.normal(size=shape) * scale, 4)


def chance(rng, probability):
    return bool(rng.random() < probability)


def pick(rng, choices, weights=None):
    if weights is not None:
        weights = np.asarray(weights, dtype=float) / np.sum(weights)
    return choices[int(rng.choice(len(choices), p=weights))]


def write_case(folder, case):
    """One line of JSON, in <folder>/<id>.json."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(case, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    (folder / f"{case['id']}.json").write_text(text + "\n", encoding="utf-8")


def deviation(actual, expected):
    """Largest deviation relative to max(1, largest magnitude), over all arrays of a structure."""
    if expected is None or actual is None:
        return 0.0 if expected is None and actual is None else np.inf
    if isinstance(expected, dict):
        if expected.keys() != actual.keys():
            return np.inf
        return max((deviation(actual[k], expected[k]) for k in expected), default=0.0)
    try:
        reference = np.asarray(expected, dtype=np.float64)
    except (TypeError, ValueError):  # a list of arrays of different shapes
        return max(deviation(a, e) for a, e in zip(actual, expected, strict=True))
    values = np.asarray(actual, dtype=np.float64)
    if values.shape != reference.shape:
        return np.inf
    if values.size == 0:
        return 0.0
    return float(np.max(np.abs(values - reference)) / max(1.0, np.max(np.abs(reference))))


def is_single_stable(exact, single, slack=0.25, tolerances=TOLERANCES["float32"]):
    """Whether rounding to single precision costs each answer no more than a part of its tolerance."""
    for one, other in zip(exact, single, strict=True):
        for name, expected in one.items():
            tolerance = tolerances[1] if name == "grads" else tolerances[0]
            if deviation(other[name], expected) > slack * tolerance:
                return False
    return True


def optimizer_inputs(name, steps=5):
    """Initial values of a vector and a matrix, and gradients[step][variable]."""
    rng = np.random.default_rng(zlib.crc32(f"optimizer {name}".encode()))
    shapes = [(3,), (4, 3)]
    initial = [normal(rng, shape).tolist() for shape in shapes]
    return initial, [[normal(rng, shape).tolist() for shape in shapes] for _ in range(steps)]
