"""What bench/work.hpp is in C++: names of works, and the same numbers for everybody."""

import os
import re

import numpy as np

DROPOUT_RATE = 0.2
THREADS = int(os.environ.get("BENCH_THREADS", "1"))
NAME = re.compile(
    r"([a-z_]+?)(?:_([0-9]+(?:x[0-9]+)+)(?:_([a-z_]+?))??(_with_input_gradient)?)?"
)


class Work:
    """`kind[_shape[_variant][_with_input_gradient]]`"""

    def __init__(self, name):
        self.kind, shape, variant, input_gradient = NAME.fullmatch(name).groups()
        self.variant = variant or ""
        self.input_gradient = input_gradient is not None
        sizes = [int(size) for size in shape.split("x")] if shape else []
        if len(sizes) == 2:
            sizes = [1, 1, *sizes]
        if sizes:
            self.batch, self.steps, self.features, self.units = sizes

    def inputs(self):
        return _values((self.batch, self.steps, self.features), 1, 1.0)

    def weights(self):
        """kernel [F, 3·H], recurrent kernel [H, 3·H], bias [2, 3·H], or [3·H] without reset_after."""
        width = 3 * self.units
        bias = _values((2, width), 4, 0.1)
        return (
            _values((self.features, width), 2, 1.0 / np.sqrt(self.features)),
            _values((self.units, width), 3, 1.0 / np.sqrt(self.units)),
            bias[0] if self.variant == "reset_before" else bias,
        )

    def targets(self):
        return _values((self.batch, 1), 5, 1.0)

    def lengths(self):
        return 1 + (np.arange(1, self.batch + 1) * 2654435761) % 2**32 % self.steps

    def mask(self):
        return np.arange(self.steps) < self.lengths()[:, None]

    @property
    def random(self):
        return self.variant in ("dropout", "recurrent_dropout")


def _values(shape, salt, scale):
    i = np.arange(1, np.prod(shape) + 1, dtype=np.int64)
    mixed = (i * 7919 + salt * 104729) % 65537
    return (scale * (mixed / 32768.5 - 1.0)).astype(np.float32).reshape(shape)


def results_of(output, gradient):
    """For two arrays that NumPy can read."""
    return (
        float(np.sum(np.asarray(output, dtype=np.float64))),
        float(np.sum(np.square(np.asarray(gradient, dtype=np.float64)))),
    )
