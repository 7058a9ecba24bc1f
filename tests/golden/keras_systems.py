"""Runs one case in the real Keras 3 or tf-keras (TensorFlow on the CPU) and records the answers."""

import importlib
import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ["KERAS_BACKEND"] = "tensorflow"

import numpy as np

from case_format import numbers

_stderr = os.dup(2)
with open(os.devnull, "w") as _nowhere:  # TensorFlow greets with lines that no setting suppresses
    os.dup2(_nowhere.fileno(), 2)
try:
    import tensorflow as tf
finally:
    os.dup2(_stderr, 2)
    os.close(_stderr)

warnings.filterwarnings("ignore")
tf.get_logger().setLevel("ERROR")
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

LOOP_OPTIONS = {
    "return_sequences", "return_state", "go_backwards", "stateful", "unroll",
    "zero_output_for_mask", "time_major", "activity_regularizer",
}  # fmt: skip
KERAS_WEIGHTS = {name: name for name in ("kernel", "recurrent_kernel", "bias")}
V1_WEIGHTS = {
    "gates/kernel": "_gate_kernel",
    "gates/bias": "_gate_bias",
    "candidate/kernel": "_candidate_kernel",
    "candidate/bias": "_candidate_bias",
}
# Where the derivative jumps. TensorFlow's sparsemax has kinks too, but they depend on the other entries.
KINKS = {
    "relu": [0], "leaky_relu": [0], "relu6": [0, 6], "selu": [0],
    "hard_silu": [-3, 3], "hard_swish": [-3, 3], "hard_tanh": [-1, 1],
    "soft_shrink": [-0.5, 0.5], "hard_shrink": [-0.5, 0.5], "sparse_sigmoid": [-1, 1],
}  # fmt: skip
HARD_SIGMOID_KINKS = {"keras": [-3, 3], "tf-keras": [-2.5, 2.5]}


def versions(system):
    module = importlib.import_module(system.replace("-", "_"))
    return {"version": module.__version__, "backend": f"tensorflow {tf.__version__}"}


def _regularizer(keras, value):
    return keras.regularizers.L1L2(**value) if isinstance(value, dict) else value


class Subject:
    """The layer of a case, with the case's weights."""

    def __init__(self, case, dtype):
        self.kind = case["kind"]
        self.system = case["system"]
        self.dtype = dtype
        self.keras = importlib.import_module(self.system.replace("-", "_"))
        self.keras.backend.set_floatx(dtype)  # layers that others make, as for a stack, have no other
        if self.system == "keras":
            self.keras.config.set_dtype_policy(dtype)
        self.training = case.get("training", False)
        self.masks = case.get("dropout_masks") if self.training else None
        self.distance = np.inf  # of an activation's argument to the nearest kink
        self.names = V1_WEIGHTS if self.kind.startswith("v1") else KERAS_WEIGHTS
        self.layer, self.cells = self._make(case["options"])
        x = case["calls"][0]["x"]
        self.layer.build(np.shape(x))
        self._assign(case["weights"])
        for cell in self.cells:
            self._watch_kinks(cell)

    # -- construction --------------------------------------------------------------------------

    def _arguments(self, options):
        return {
            name: _regularizer(self.keras, value) if name.endswith("_regularizer") else value
            for name, value in options.items()
        }

    def _cell(self, options):
        if self.kind.startswith("v1"):
            legacy = importlib.import_module("tf_keras.src.layers.rnn.legacy_cells")
            return legacy.GRUCell(**options, dtype=self.dtype)
        return self.keras.layers.GRUCell(**self._arguments(options))

    def _rnn(self, cells, options):
        layer = self.keras.layers.RNN(cells, **self._arguments(options))
        return layer, cells if isinstance(cells, list) else [cells]

    def _make(self, options):
        loop = {k: v for k, v in options.items() if k in LOOP_OPTIONS}
        rest = {k: v for k, v in options.items() if k not in LOOP_OPTIONS}
        layers = self.keras.layers
        if self.kind in ("gru_cell", "v1_cell"):
            cell = self._cell(options)
            return cell, [cell]
        if self.kind in ("rnn_gru_cell", "v1_rnn"):
            return self._rnn(self._cell(rest), loop)
        if self.kind == "stacked":
            return self._rnn([self._cell(cell) for cell in options["cells"]], loop)
        merge_mode = options.get("merge_mode", "concat")
        gru = {k: v for k, v in options.items() if k != "merge_mode"}
        layer = layers.GRU(**self._arguments(gru))
        if self.kind != "bidirectional":
            return layer, [layer.cell]
        layer = layers.Bidirectional(layer, merge_mode=merge_mode)
        return layer, [layer.forward_layer.cell, layer.backward_layer.cell]

    def variables(self, cell):
        found = {name: getattr(cell, attribute, None) for name, attribute in self.names.items()}
        return {name: v for name, v in found.items() if v is not None}

    def _assign(self, weights):
        if self.kind == "bidirectional":
            weights = [weights["forward"], weights["backward"]]
        elif self.kind != "stacked":
            weights = [weights]
        for cell, arrays in zip(self.cells, weights, strict=True):
            variables = self.variables(cell)
            assert variables.keys() == arrays.keys()
            for name, variable in variables.items():
                variable.assign(np.asarray(arrays[name], dtype=self.dtype))

    def _watch_kinks(self, cell):
        for attribute in ("activation", "recurrent_activation", "_activation"):
            function = getattr(cell, attribute, None)
            name = getattr(function, "__name__", "")
            kinks = HARD_SIGMOID_KINKS[self.system] if name == "hard_sigmoid" else KINKS.get(name)
            if kinks:
                setattr(cell, attribute, self._watched(function, kinks))

    def _watched(self, function, kinks):
        def watched(x):
            for kink in kinks:
                self.distance = min(self.distance, float(np.min(np.abs(x.numpy() - kink))))
            return function(x)

        return watched

    # -- a call --------------------------------------------------------------------------------

    def tensor(self, array):
        return tf.constant(np.asarray(array), dtype=self.dtype)

    def _inject_masks(self):
        """Before every call: Keras 3 forgets its masks after one; tf-keras asks these functions."""
        cell = self.cells[0]
        masks = {
            name: None if self.masks.get(name) is None else [self.tensor(m) for m in self.masks[name]]
            for name in ("input", "recurrent")
        }
        if self.system == "keras":
            one = getattr(cell, "dropout_mask_count", None) is None
            first = {name: m[0] if one and m else m for name, m in masks.items()}
            cell._dropout_mask = first["input"]
            cell._recurrent_dropout_mask = first["recurrent"]
        else:
            cell.get_dropout_mask_for_cell = lambda *_, **__: masks["input"]
            cell.get_recurrent_dropout_mask_for_cell = lambda *_, **__: masks["recurrent"]

    def _run(self, x, states, mask):
        arguments = {} if self.kind.startswith("v1") else {"training": self.training}
        if self.kind == "v1_cell":
            return [self.layer(x, states[0])[0]]
        if self.kind == "gru_cell":
            return [self.layer(x, states, **arguments)[0]]
        if mask is not None:
            arguments["mask"] = tf.constant(np.asarray(mask) != 0)
        return tf.nest.flatten(self.layer(x, initial_state=states or None, **arguments))

    def _loss(self, results, call):
        """The recorded sum, and the penalties if the case is about them."""
        if self.kind == "gru_losses":
            losses = list(self.layer.losses)
            return tf.add_n(losses), losses
        terms = [
            tf.reduce_sum(result * self.tensor(weights))
            for result, weights in zip(results, in_order(call["loss_weights"]))
        ]
        return tf.add_n(terms), None

    def call(self, call):
        """Results, loss and gradients under the names that a case gives them."""
        x = self.tensor(call["x"])
        given = call.get("initial_state")
        many = self.kind in ("stacked", "bidirectional")
        states = [] if given is None else [self.tensor(s) for s in (given if many else [given])]
        if self.masks:
            self._inject_masks()
        with tf.GradientTape() as tape:
            tape.watch([x, *states])
            results = self._run(x, states, call.get("mask"))
            loss, losses = self._loss(results, call)
        weights = [{k: getattr(v, "value", v) if self.system == "keras" else v
                    for k, v in self.variables(cell).items()} for cell in self.cells]  # fmt: skip
        grads = tape.gradient(loss, {"x": x, "states": states, "weights": weights})
        answer = self._named_results(results)
        if losses is not None:
            answer["losses"] = losses
        answer["loss"] = loss
        answer["grads"] = self._named_grads(grads, many, given is not None)
        return _to_numpy(answer)

    def _named_results(self, results):
        if self.kind == "bidirectional":
            return {"outputs": results}
        answer = {"output": results[0]}
        if len(results) > 1:
            answer["state"] = results[1:] if self.kind == "stacked" else results[1]
        return answer

    def _named_grads(self, grads, many, given):
        named = {"x": grads["x"]}
        if given:
            named["initial_state"] = grads["states"] if many else grads["states"][0]
        if self.kind == "bidirectional":
            named["forward"], named["backward"] = grads["weights"]
        elif self.kind == "stacked":
            named["weights"] = grads["weights"]
        else:
            named.update(grads["weights"][0])
        return named


def in_order(loss_weights):
    """The weights of a loss in the order of the layer's results."""
    if isinstance(loss_weights, list):
        return loss_weights
    state = loss_weights.get("state")
    if state is None:
        return [loss_weights["output"]]
    many = np.ndim(state[0]) == 2 if isinstance(state, list) else False
    return [loss_weights["output"], *(state if many else [state])]


def _to_numpy(value):
    if isinstance(value, dict):
        return {name: _to_numpy(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_numpy(entry) for entry in value]
    return value if value is None else value.numpy()


def answer(case, dtype):
    """What the system answers to each call of a case, and how close it came to a kink."""
    subject = Subject(case, dtype)
    return [subject.call(call) for call in case["calls"]], subject.distance


def with_answers(case, answers):
    """The case with the answers of the system in its calls."""
    calls = [
        {**call, **numbers(answer, case["dtype"])}
        for call, answer in zip(case["calls"], answers, strict=True)
    ]
    return {**case, "calls": calls}
