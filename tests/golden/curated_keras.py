"""The committed Keras cases: every option at least once for each system, small sizes."""

from case_options import ACTIVATIONS

SEQUENCES = {"return_sequences": True, "return_state": True}


def _spec(name, kind, options=None, dtype="float64", calls=None, **more):
    """calls: (form of the mask, initial state given) of each call."""
    calls = calls or [("none", kind != "gru_losses")]
    return {"name": name, "kind": kind, "options": options or {}, "dtype": dtype, "calls": calls, **more}


FEW_ACTIVATIONS = [None, "hard_sigmoid", "gelu", "leaky_relu", "softmax", "softsign"]


def _activations(system):
    """Each name once as activation and once as recurrent_activation; of tf-keras those that could differ."""
    names = ACTIVATIONS[system] if system == "keras" else FEW_ACTIVATIONS
    for i, name in enumerate(names):
        other = names[(i + 11) % len(names)]
        options = {"activation": name, "recurrent_activation": other, "return_state": True}
        if i % 3 == 1:
            options["reset_after"] = False
        if i % 4 == 1:
            options["implementation"] = 1
        dtype = "float32" if i % 5 == 4 else "float64"
        yield _spec(f"activation_{name or 'none'}", "gru", options, dtype, sizes=(2, 2, 2))


def _cells():
    for reset_after in (True, False):
        for use_bias in (True, False):
            for implementation in (1, 2):
                options = {
                    "reset_after": reset_after,
                    "use_bias": use_bias,
                    "implementation": implementation,
                }
                name = f"ra{reset_after:d}_bias{use_bias:d}_impl{implementation}"
                yield _spec(f"cell_{name}", "gru_cell", options)
                both = SEQUENCES if implementation == 1 else {"return_sequences": use_bias}
                yield _spec(f"gru_{name}", "gru", {**options, **both})


def _loops():
    yield _spec("defaults", "gru", calls=[("none", False)])
    yield _spec("defaults_float32", "gru", SEQUENCES, "float32")
    yield _spec("state_only", "gru", {"return_state": True})
    yield _spec("backwards", "gru", {"go_backwards": True, **SEQUENCES})
    yield _spec("backwards_last", "gru", {"go_backwards": True, "reset_after": False})
    yield _spec("unroll", "gru", {"unroll": True, **SEQUENCES})
    yield _spec("unroll_backwards", "gru", {"unroll": True, "go_backwards": True, **SEQUENCES})
    yield _spec("ones", "gru", {"units": 1, **SEQUENCES}, sizes=(1, 1, 1))
    yield _spec("long", "gru", {"units": 5, "return_sequences": True}, "float32", sizes=(1, 8, 2))
    yield _spec("initializers_constraints", "gru", {
        "kernel_initializer": "he_uniform", "recurrent_initializer": "glorot_normal",
        "bias_initializer": "ones", "kernel_constraint": "max_norm",
        "recurrent_constraint": "unit_norm", "bias_constraint": "non_neg"})  # fmt: skip
    yield _spec("rates_without_training", "gru", {"dropout": 0.3, "recurrent_dropout": 0.2})
    for kind in ("gru", "rnn_gru_cell"):
        yield _spec(f"{kind}_backwards_state", kind, {"go_backwards": True, "return_state": True},
                    calls=[("random", True)])  # fmt: skip
    yield _spec("rnn_unroll_float32", "rnn_gru_cell", {"unroll": True, **SEQUENCES}, "float32")


def _masks(system):
    forms = ["random", "right", "empty_row", "leading", "scattered"]
    for i, form in enumerate(forms):
        if system == "tf-keras" and form not in ("random", "empty_row"):
            continue  # the loop is the same
        for zeros in (False, True):
            for backwards in (False, True):
                options = {**SEQUENCES, "go_backwards": backwards}
                if zeros:
                    options["zero_output_for_mask"] = True
                if (i + zeros + backwards) % 3 == 0:
                    options["reset_after"] = False
                if (i + backwards) % 4 == 1 and not (zeros and backwards):
                    options["unroll"] = True
                name = f"mask_{form}_{'zeros' if zeros else 'carry'}{'_backwards' * backwards}"
                yield _spec(name, "gru", options, "float32" if i == 4 else "float64",
                            calls=[(form, (i + zeros) % 2 == 0)])  # fmt: skip
        yield _spec(f"mask_{form}_last", "gru", {"return_state": True}, calls=[(form, True)])
        yield _spec(f"mask_{form}_last_zeros", "gru", {"zero_output_for_mask": True},
                    calls=[(form, False)])  # fmt: skip


def _stateful():
    memory = {"stateful": True, **SEQUENCES}
    plain = [("none", False)] * 3
    yield _spec("stateful", "gru", memory, calls=plain)
    yield _spec("stateful_float32", "gru", {**memory, "reset_after": False}, "float32", calls=plain)
    yield _spec("stateful_backwards", "gru", {**memory, "go_backwards": True}, calls=plain)
    yield _spec("stateful_masked", "gru", memory,
                calls=[("right", False), ("random", False), ("empty_row", False)])  # fmt: skip
    # Given to a layer that already remembers: the systems differ.
    yield _spec("stateful_given", "gru", memory, calls=[("none", False), ("none", True), ("none", False)])
    yield _spec("stateful_given_first", "gru", memory, calls=[("none", True), ("none", False)])
    yield _spec("stateful_rnn", "rnn_gru_cell", memory, calls=plain[:2])
    yield _spec("stateful_stack", "stacked", {"cells": [{"units": 2}, {"units": 4}], **memory},
                calls=plain[:2])  # fmt: skip
    half = {"stateful": True, "return_sequences": True}  # Keras 3 fails if it also returns the states
    yield _spec("stateful_bidirectional", "bidirectional", half, calls=plain[:2])


def _losses():
    l1, l2, both = {"l1": 0.05}, {"l2": 0.07}, {"l1": 0.02, "l2": 0.03}
    for part, regularizer in (("kernel", l1), ("recurrent", l2), ("bias", both), ("activity", l2)):
        yield _spec(f"losses_{part}", "gru_losses", {f"{part}_regularizer": regularizer})
    named = {"kernel_regularizer": "l2", "recurrent_regularizer": "l1"}
    yield _spec("losses_by_name", "gru_losses", named)
    every = {
        "kernel_regularizer": both, "recurrent_regularizer": l1, "bias_regularizer": l2,
        "activity_regularizer": both, "return_state": True,
    }  # fmt: skip
    yield _spec("losses_every", "gru_losses", {**every, "return_sequences": True})
    yield _spec("losses_every_float32", "gru_losses", every, "float32")
    yield _spec("losses_masked", "gru_losses", {**every, "reset_after": False}, calls=[("right", True)])


def _dropout(system):
    rates = {"input": {"dropout": 0.4}, "recurrent": {"recurrent_dropout": 0.5},
             "both": {"dropout": 0.25, "recurrent_dropout": 0.5}}  # fmt: skip
    for name, options in rates.items():
        for reset_after in (True, False):
            for implementation in (1, 2):
                inner = {**options, "reset_after": reset_after, "implementation": implementation}
                tail = f"{name}_ra{reset_after:d}_impl{implementation}"
                yield _spec(f"cell_dropout_{tail}", "gru_cell", inner, training=True)
                loop = SEQUENCES if implementation == 1 else {}
                yield _spec(f"rnn_dropout_{tail}", "rnn_gru_cell", {**inner, **loop}, training=True,
                            calls=[("random" if reset_after else "none", True)])  # fmt: skip
    yield _spec("cell_dropout_idle", "gru_cell", rates["both"], training=False)
    yield _spec("rnn_dropout_idle", "rnn_gru_cell", rates["both"], training=False)
    yield _spec("rnn_dropout_backwards", "rnn_gru_cell", {**rates["both"], "go_backwards": True},
                "float32", training=True)  # fmt: skip
    yield _spec("rnn_dropout_stateful", "rnn_gru_cell", {**rates["both"], "stateful": True},
                training=True, calls=[("none", False)] * 2)  # fmt: skip
    if system == "keras":
        everything = {"dropout": 1.0, "recurrent_dropout": 1.0}
        yield _spec("cell_dropout_one", "gru_cell", everything, training=True)
        yield _spec("rnn_dropout_one", "rnn_gru_cell", everything, training=True)


def _stacks():
    two = {"cells": [{"units": 2}, {"units": 4}]}
    mixed = {"cells": [
        {"units": 3, "reset_after": False, "recurrent_activation": "hard_sigmoid"},
        {"units": 1, "use_bias": False, "implementation": 1},
        {"units": 2, "activation": "softsign"}]}  # fmt: skip
    yield _spec("stack_two", "stacked", {**two, **SEQUENCES})
    yield _spec("stack_last", "stacked", two, "float32", calls=[("none", False)])
    yield _spec("stack_mixed", "stacked", {**mixed, **SEQUENCES})
    yield _spec("stack_masked", "stacked", {**mixed, **SEQUENCES}, calls=[("random", True)])
    yield _spec("stack_zeros", "stacked", {**two, **SEQUENCES, "zero_output_for_mask": True},
                calls=[("empty_row", True)])  # fmt: skip
    yield _spec("stack_backwards", "stacked", {**two, **SEQUENCES, "go_backwards": True},
                calls=[("leading", False)])  # fmt: skip
    yield _spec("stack_unroll", "stacked", {**two, "unroll": True, "return_state": True})


def _bidirectional():
    for mode in ("concat", "sum", "mul", "ave", None):
        for sequences in (False, True):
            options = {"merge_mode": mode, "return_sequences": sequences, "return_state": not sequences}
            name = f"bidirectional_{mode or 'none'}_{'sequence' if sequences else 'last'}"
            yield _spec(name, "bidirectional", options, calls=[("none", not sequences)])
        options = {"merge_mode": mode, **SEQUENCES}
        yield _spec(f"bidirectional_{mode or 'none'}_masked", "bidirectional", options,
                    "float32" if mode == "sum" else "float64", calls=[("random", True)])  # fmt: skip
    yield _spec("bidirectional_right_last", "bidirectional", {"return_state": True},
                calls=[("right", False)])  # fmt: skip
    yield _spec("bidirectional_zeros_last", "bidirectional", {"zero_output_for_mask": True},
                calls=[("empty_row", True)])  # fmt: skip
    yield _spec("bidirectional_ra0", "bidirectional", {"reset_after": False, "use_bias": False,
                                                       "unroll": True})  # fmt: skip
    yield _spec("bidirectional_float32", "bidirectional", SEQUENCES, "float32")


def _tf_keras_only():
    major = {"time_major": True}
    yield _spec("time_major", "gru", {**major, **SEQUENCES})
    yield _spec("time_major_last", "gru", {**major, "return_state": True}, "float32")
    yield _spec("time_major_masked", "gru", {**major, **SEQUENCES, "reset_after": False},
                calls=[("random", True)])  # fmt: skip
    yield _spec("time_major_backwards_zeros", "gru",
                {**major, **SEQUENCES, "go_backwards": True, "zero_output_for_mask": True},
                calls=[("empty_row", True)])  # fmt: skip
    yield _spec("time_major_unroll", "gru", {**major, **SEQUENCES, "unroll": True})
    yield _spec("time_major_stateful", "gru", {**major, "stateful": True}, calls=[("none", False)] * 2)
    yield _spec("time_major_rnn", "rnn_gru_cell", {**major, **SEQUENCES}, calls=[("right", True)])
    yield _spec("time_major_stack", "stacked",
                {"cells": [{"units": 3}, {"units": 2}], **major, **SEQUENCES})  # fmt: skip
    yield _spec("time_major_bidirectional", "bidirectional", {**major, **SEQUENCES},
                calls=[("random", True)])  # fmt: skip


def _v1():
    for name in ("tanh", None, "relu", "sigmoid", "softsign", "hard_sigmoid"):
        yield _spec(f"v1_cell_{name or 'none'}", "v1_cell", {"activation": name},
                    "float32" if name == "sigmoid" else "float64")  # fmt: skip
    yield _spec("v1_cell_default", "v1_cell")
    yield _spec("v1_rnn_default", "v1_rnn", calls=[("none", False)])
    yield _spec("v1_rnn_sequences", "v1_rnn", SEQUENCES)
    yield _spec("v1_rnn_masked", "v1_rnn", SEQUENCES, calls=[("random", True)])
    yield _spec("v1_rnn_masked_zeros", "v1_rnn", {**SEQUENCES, "zero_output_for_mask": True},
                "float32", calls=[("right", True)])  # fmt: skip
    yield _spec("v1_rnn_backwards", "v1_rnn", {**SEQUENCES, "go_backwards": True, "activation": "elu"},
                calls=[("leading", True)])  # fmt: skip
    yield _spec("v1_rnn_unroll", "v1_rnn", {"unroll": True, "return_state": True})
    yield _spec("v1_rnn_time_major", "v1_rnn", {"time_major": True, **SEQUENCES})
    yield _spec("v1_rnn_stateful", "v1_rnn", {"stateful": True, **SEQUENCES}, calls=[("none", False)] * 2)


def curated(system):
    """The specifications of all committed cases of a system; their names are unique."""
    parts = [_activations(system), _cells(), _loops(), _masks(system), _stateful(), _losses(),
             _dropout(system), _stacks(), _bidirectional()]  # fmt: skip
    if system == "tf-keras":
        parts += [_tf_keras_only(), _v1()]
    return [spec for part in parts for spec in part]
