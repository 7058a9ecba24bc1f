"""Draws the options of random Keras cases: every option, and no combination that upstream gets wrong."""

from case_format import chance, pick

KERAS3_ACTIVATIONS = [
    None, "linear", "relu", "leaky_relu", "relu6", "elu", "selu", "celu", "gelu", "silu", "swish",
    "hard_silu", "hard_swish", "sigmoid", "hard_sigmoid", "log_sigmoid", "tanh", "hard_tanh",
    "tanh_shrink", "softplus", "softsign", "soft_shrink", "hard_shrink", "sparse_plus",
    "sparse_sigmoid", "squareplus", "mish", "exponential", "softmax", "log_softmax",
]  # fmt: skip; without sparsemax, which Keras 3.15.1 computes wrongly (README.md)
TF_KERAS_ACTIVATIONS = [
    None, "linear", "relu", "leaky_relu", "relu6", "elu", "selu", "gelu", "silu", "swish",
    "sigmoid", "hard_sigmoid", "tanh", "softplus", "softsign", "mish", "exponential", "softmax",
    "log_softmax",
]  # fmt: skip
ACTIVATIONS = {"keras": KERAS3_ACTIVATIONS, "tf-keras": TF_KERAS_ACTIVATIONS}
FLOAT32_CONSTANTS = {"leaky_relu", "gelu"}  # TensorFlow holds them in float32 even in double
KINDS = {
    "keras": {"gru": 40, "gru_losses": 8, "gru_cell": 10, "rnn_gru_cell": 14, "stacked": 12,
              "bidirectional": 16},
    "tf-keras": {"gru": 36, "gru_losses": 7, "gru_cell": 8, "rnn_gru_cell": 13, "stacked": 11,
                 "bidirectional": 14, "v1_cell": 4, "v1_rnn": 7},
}  # fmt: skip
LOOP_KINDS = ("gru", "gru_losses", "rnn_gru_cell", "stacked", "bidirectional", "v1_rnn")
MERGE_MODES = ["concat", "sum", "mul", "ave", None]
INITIALIZERS = ["glorot_uniform", "glorot_normal", "he_uniform", "lecun_normal", "orthogonal", "zeros"]
CONSTRAINTS = ["max_norm", "non_neg", "unit_norm"]


def _maybe(rng, options, name, probability, values):
    if chance(rng, probability):
        options[name] = pick(rng, values)


def _regularizer(rng):
    forms = [
        {"l1": round(0.2 * rng.random(), 3)},
        {"l2": round(0.2 * rng.random(), 3)},
        {"l1": round(0.2 * rng.random(), 3), "l2": round(0.2 * rng.random(), 3)},
        "l1",
        "l2",
    ]
    return pick(rng, forms)


def draw_cell(rng, system, kind):
    """Options of one cell. Rates are drawn where masks can be injected; elsewhere they must not act."""
    options = {"units": int(rng.integers(1, 10))}
    _maybe(rng, options, "activation", 0.5, ACTIVATIONS[system])
    _maybe(rng, options, "recurrent_activation", 0.5, ACTIVATIONS[system])
    _maybe(rng, options, "use_bias", 0.35, [True, False, False])
    _maybe(rng, options, "reset_after", 0.5, [True, False, False])
    _maybe(rng, options, "implementation", 0.5, [1, 2])
    _maybe(rng, options, "kernel_initializer", 0.05, INITIALIZERS)
    _maybe(rng, options, "recurrent_initializer", 0.05, INITIALIZERS)
    _maybe(rng, options, "bias_initializer", 0.05, ["zeros", "ones"])
    _maybe(rng, options, "kernel_constraint", 0.05, CONSTRAINTS)
    _maybe(rng, options, "recurrent_constraint", 0.05, CONSTRAINTS)
    _maybe(rng, options, "bias_constraint", 0.05, CONSTRAINTS)
    rates = [0.2, 0.25, 0.4, 0.5, 0.6]
    often = 0.65 if kind in ("gru_cell", "rnn_gru_cell") else 0.15
    _maybe(rng, options, "dropout", often, rates)
    _maybe(rng, options, "recurrent_dropout", often, rates)
    if system == "keras" and chance(rng, 0.05):  # tf-keras fails for such a rate while training
        options[pick(rng, ["dropout", "recurrent_dropout"])] = 1.0
    return options


def draw_loop(rng, system, kind):
    options = {}
    _maybe(rng, options, "return_sequences", 0.7, [True, True, False])
    _maybe(rng, options, "return_state", 0.6, [True, True, False])
    _maybe(rng, options, "go_backwards", 0.0 if kind == "bidirectional" else 0.35, [True, True, False])
    _maybe(rng, options, "unroll", 0.3, [True])
    _maybe(rng, options, "zero_output_for_mask", 0.3, [True])
    if kind != "gru_losses":
        _maybe(rng, options, "stateful", 0.25, [True])
    if system == "tf-keras":
        _maybe(rng, options, "time_major", 0.2, [True])
    return options


def _upstream_fails(system, kind, options, masked):
    """Combinations with a known bug of TensorFlow's loops, which no other system has to imitate."""
    unrolled = options.get("unroll", False)
    sequences = options.get("return_sequences", False)
    zeros = options.get("zero_output_for_mask", False)
    backwards = options.get("go_backwards", False)
    if kind == "bidirectional":  # sets zero_output_for_mask to return_sequences, and runs one half backwards
        zeros, backwards = sequences, True
    if system == "tf-keras" and unrolled and zeros and not sequences and masked:
        return "shape error"
    if unrolled and zeros and backwards and sequences and masked:
        return "zeroes by the mask in its original order"
    stateful = options.get("stateful", False)
    if system == "keras" and kind == "bidirectional" and stateful and options.get("return_state"):
        return "type error while it computes the mask of the output"
    if (kind == "gru_losses" and options.get("time_major") and sequences
            and options.get("activity_regularizer")):  # fmt: skip
        return "divides the activity penalty by the number of steps"
    return None


def draw_options(rng, system, kind, masked):
    """Options of a case of this kind."""
    while True:
        options = _draw_once(rng, system, kind)
        if not _upstream_fails(system, kind, options, masked):
            return options


def _draw_once(rng, system, kind):
    if kind in ("v1_cell", "v1_rnn"):
        options = {"num_units": int(rng.integers(1, 10))}
        _maybe(rng, options, "activation", 0.7, ACTIVATIONS[system])
    elif kind == "stacked":
        count = int(rng.integers(2, 4))
        options = {"cells": [draw_cell(rng, system, kind) for _ in range(count)]}
    else:
        options = draw_cell(rng, system, kind)
    if kind in LOOP_KINDS:
        options.update(draw_loop(rng, system, kind))
    if kind == "gru_losses":
        for part in ("kernel", "recurrent", "bias", "activity"):
            if chance(rng, 0.7):
                options[f"{part}_regularizer"] = _regularizer(rng)
        acting = [name for name in options if name.endswith("_regularizer")]
        if not acting or (acting == ["bias_regularizer"] and not options.get("use_bias", True)):
            options["kernel_regularizer"] = {"l2": 0.1}
    if kind == "bidirectional":
        _maybe(rng, options, "merge_mode", 0.85, MERGE_MODES)
    if system == "keras" and kind in ("gru", "gru_losses", "bidirectional"):
        _maybe(rng, options, "use_cudnn", 0.1, ["auto", False])
    return options


def cells_of(case):
    return case["options"].get("cells", [case["options"]])


def activations_of(case):
    names = ("activation", "recurrent_activation")
    return {cell.get(name) for cell in cells_of(case) for name in names}


def acting_rates(case):
    """Names of the masks that act in training: input, recurrent, both or none."""
    if not case.get("training"):
        return []
    cell = case["options"]
    rates = {"input": cell.get("dropout", 0), "recurrent": cell.get("recurrent_dropout", 0)}
    return [name for name, rate in rates.items() if 0 < rate < 1]
