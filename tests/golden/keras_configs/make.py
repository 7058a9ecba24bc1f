#!/usr/bin/env python3
"""What Keras 3 and tf-keras write of layers, functions, optimizers and models: the JSON files beside this script.

    KERAS_BACKEND=jax python make.py

Packages: ../requirements.txt. Every layer, initializer, regularizer, constraint, activation, optimizer and schedule
that rondo has stands there twice, once with its defaults and once with no option at its default.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import constraints as c
from keras import initializers as i
from keras import layers as L
from keras import optimizers as o
from keras import regularizers as r
from keras.src.saving.serialization_lib import ObjectSharingScope

here = pathlib.Path(__file__).parent
written = keras.saving.serialize_keras_object

FUNCTIONS = {
    "initializers": {
        **{name: getattr(i, name)() for name in [
            "Zeros", "Ones", "Constant", "Identity", "RandomNormal", "TruncatedNormal", "RandomUniform",
            "VarianceScaling", "GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform",
            "LecunNormal", "Orthogonal"]},
        "Constant given": i.Constant(0.25),
        "Identity given": i.Identity(0.5),
        "RandomNormal given": i.RandomNormal(mean=0.5, stddev=0.25),
        "TruncatedNormal given": i.TruncatedNormal(mean=0.5, stddev=0.25),
        "RandomUniform given": i.RandomUniform(minval=-0.25, maxval=0.5),
        "VarianceScaling given": i.VarianceScaling(2.0, "fan_avg", "uniform"),
        "VarianceScaling untruncated": i.VarianceScaling(0.5, "fan_out", "untruncated_normal"),
        "Orthogonal given": i.Orthogonal(gain=0.5),
    },
    "regularizers": {
        "L1": r.L1(),
        "L1 given": r.L1(0.5),
        "L2": r.L2(),
        "L2 given": r.L2(0.5),
        "L1L2": r.L1L2(),
        "L1L2 given": r.L1L2(0.5, 0.25),
        "OrthogonalRegularizer": r.OrthogonalRegularizer(),
        "OrthogonalRegularizer given": r.OrthogonalRegularizer(0.5, "columns"),
    },
    "constraints": {
        "MaxNorm": c.MaxNorm(),
        "MaxNorm given": c.MaxNorm(3, axis=1),
        "NonNeg": c.NonNeg(),
        "UnitNorm": c.UnitNorm(),
        "UnitNorm given": c.UnitNorm(axis=1),
        "MinMaxNorm": c.MinMaxNorm(),
        "MinMaxNorm given": c.MinMaxNorm(0.5, 2.0, 0.25, axis=1),
    },
    "activations": {
        name: getattr(keras.activations, name)
        for name in sorted(dir(keras.activations))
        if name not in ["deserialize", "get", "serialize", "glu", "threshold"] and not name.startswith("_")
    },
    "refused": {
        "GlorotUniform axes": i.GlorotUniform(input_axes=[1], output_axes=[0]),
        "VarianceScaling axes": i.VarianceScaling(input_axes=[0], output_axes=[1]),
        "HeNormal seed": i.HeNormal(seed=3),
    },
}

CELL = {
    "use_bias": False,
    "activation": "softsign",
    "kernel_initializer": i.HeNormal(),
    "recurrent_initializer": i.Orthogonal(0.5),
    "bias_initializer": i.Constant(0.25),
    "kernel_regularizer": r.L1L2(0.125, 0.5),
    "recurrent_regularizer": r.OrthogonalRegularizer(0.5, "columns"),
    "bias_regularizer": r.L1(0.5),
    "kernel_constraint": c.MaxNorm(3, axis=1),
    "recurrent_constraint": c.MinMaxNorm(0.5, 2.0, 0.5, axis=1),
    "bias_constraint": c.NonNeg(),
    "dropout": 0.25,
    "recurrent_dropout": 0.5,
    "seed": 7,
}
LOOP = {"return_sequences": True, "return_state": True, "go_backwards": True, "stateful": True, "unroll": True}
MASKED = {**LOOP, "zero_output_for_mask": True}
NAMED = {"name": "special", "trainable": False}


def layers():
    gates = {**CELL, "recurrent_activation": "hard_sigmoid"}
    over = {**NAMED, "activity_regularizer": r.L2(0.5)}
    yield L.InputLayer(shape=(7, 3))
    yield L.InputLayer(shape=(None, 3), batch_size=2, name="special")
    yield L.InputLayer(shape=(7,), dtype="int32", name="ids")
    yield L.Masking()
    yield L.Masking(-1.5, name="special")
    yield L.Embedding(5, 3)
    yield L.Embedding(5, 3, embeddings_initializer=i.RandomNormal(0.5, 0.25), embeddings_regularizer="l2",
                      activity_regularizer="l1", embeddings_constraint="unit_norm", mask_zero=True, **NAMED)  # fmt: skip
    yield L.Dense(3)
    yield L.Dense(3, "relu", False, i.VarianceScaling(2.0, "fan_out", "untruncated_normal"),
                  i.TruncatedNormal(0.5, 0.25), "l2", "l1", "l2", c.UnitNorm(1), "max_norm", **NAMED)  # fmt: skip
    yield L.Dropout(0.25)
    yield L.Dropout(0.5, noise_shape=(None, 1), seed=3, name="special")
    yield L.LayerNormalization()
    yield L.LayerNormalization([1, 2], 0.25, False, False, "ones", "zeros", "l1", "l2", "non_neg", "unit_norm",
                               **NAMED)  # fmt: skip
    yield L.TimeDistributed(L.Dense(2))
    yield L.TimeDistributed(L.GRU(2, return_sequences=True), name="special")
    yield L.GRUCell(4)
    yield L.GRUCell(4, reset_after=False, **gates, **NAMED)
    yield L.LSTMCell(4)
    yield L.LSTMCell(4, unit_forget_bias=False, **gates, **NAMED)
    yield L.SimpleRNNCell(4)
    yield L.SimpleRNNCell(4, **CELL, **NAMED)
    yield L.GRU(4)
    yield L.GRU(4, reset_after=False, **MASKED, **gates, **over)
    yield L.LSTM(4)
    yield L.LSTM(4, unit_forget_bias=False, **LOOP, **gates, **over)
    yield L.SimpleRNN(4)
    yield L.SimpleRNN(4, **LOOP, **CELL, **over)
    yield L.RNN(L.GRUCell(4))
    yield L.RNN([L.GRUCell(2), L.LSTMCell(3, name="last")], **MASKED, name="special")
    yield L.StackedRNNCells([L.GRUCell(2), L.SimpleRNNCell(3)])
    yield L.Bidirectional(L.GRU(4))
    yield L.Bidirectional(L.LSTM(4, return_sequences=True), merge_mode=None, name="special",
                          backward_layer=L.SimpleRNN(4, return_sequences=True, go_backwards=True))  # fmt: skip


def optimizers():
    common = {"clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 3,
              "loss_scale_factor": 4.0, "gradient_accumulation_steps": 2, "name": "special"}  # fmt: skip
    schedules = [
        o.schedules.ExponentialDecay(0.1, 4, 0.5, staircase=True),
        o.schedules.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
        o.schedules.PiecewiseConstantDecay([3, 8], [0.5, 0.25, 0.1]),
        o.schedules.PolynomialDecay(0.1, 9, 0.02, 0.5, cycle=True),
        o.schedules.CosineDecay(0.1, 9, 0.2, warmup_target=0.5, warmup_steps=3),
        o.schedules.CosineDecayRestarts(0.1, 5, 3.0, 0.5, 0.1),
    ]
    classes = {
        "SGD": {"momentum": 0.9, "nesterov": True},
        "RMSprop": {"rho": 0.7, "momentum": 0.6, "epsilon": 1e-3, "centered": True},
        "Adam": {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2, "amsgrad": True},
        "AdamW": {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2, "amsgrad": True},
        "Adadelta": {"rho": 0.8, "epsilon": 1e-3},
        "Adagrad": {"initial_accumulator_value": 0.3, "epsilon": 1e-2},
        "Adamax": {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2},
        "Adafactor": {"beta_2_decay": -0.6, "epsilon_1": 1e-20, "epsilon_2": 0.1, "clip_threshold": 0.5,
                      "relative_step": False},  # fmt: skip
        "Nadam": {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2},
        "Ftrl": {"learning_rate_power": -0.7, "initial_accumulator_value": 0.2, "l1_regularization_strength": 0.1,
                 "l2_regularization_strength": 0.2, "l2_shrinkage_regularization_strength": 0.05,
                 "beta": 0.3},  # fmt: skip
        "Lion": {"beta_1": 0.7, "beta_2": 0.8},
        "Lamb": {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2},
        "ScheduleFreeAdamW": {"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2, "warmup_steps": 5},
        "Muon": {"adam_beta_1": 0.7, "adam_beta_2": 0.8, "adam_weight_decay": 0.2, "epsilon": 1e-2,
                 "exclude_layers": ["head"], "exclude_embeddings": False, "muon_a": 3.0, "muon_b": -4.0, "muon_c": 2.0,
                 "adam_lr_ratio": 0.5, "momentum": 0.8, "ns_steps": 3, "nesterov": False,
                 "rms_rate": None},  # fmt: skip
    }
    for number, (name, options) in enumerate(classes.items()):
        make = getattr(o, name)
        yield make()
        yield make(schedules[number % len(schedules)], weight_decay=0.1, **options, **common)


def text_model(layers, keras=keras):
    return keras.Sequential([keras.layers.Input((7,), dtype="int32"), *layers])


def models():
    series = keras.Sequential([
        L.Input((7, 3)),
        L.Masking(-1.0),
        L.Bidirectional(L.GRU(4, dropout=0.1, return_sequences=True)),
        L.Dropout(0.2),
        L.GRU(4, reset_after=False),
        L.Dense(1),
    ])  # fmt: skip
    series.compile("adam", "mse")
    unbuilt = keras.Sequential([L.LSTM(4), L.Dense(1, "sigmoid")], name="unbuilt")
    shared = i.GlorotNormal()
    once = keras.Sequential([L.Input((3,)), L.Dense(2, kernel_initializer=shared), L.Dense(1, kernel_initializer=shared)])
    ids = text_model([L.Embedding(20, 5, mask_zero=True), L.GRU(4), L.LayerNormalization(), L.Dense(1)])
    yield "keras series", json.loads(series.to_json())
    yield "keras unbuilt", json.loads(unbuilt.to_json())
    with ObjectSharingScope():  # as in a .keras file
        yield "keras shared initializer", with_short_ids(written(once), {})
    yield "keras ids", json.loads(ids.to_json())


def tf_keras_models():
    import tf_keras

    T = tf_keras.layers
    series = tf_keras.Sequential([
        T.Input((7, 3)),
        T.Masking(-1.0),
        T.Bidirectional(T.GRU(4, dropout=0.1, return_sequences=True)),
        T.GRU(4, reset_after=False, stateful=False, implementation=1),
        T.LayerNormalization(),
        T.Dense(1),
    ])  # fmt: skip
    stack = tf_keras.Sequential([T.RNN([T.GRUCell(2), T.LSTMCell(3)], input_shape=(7, 3)), T.Dense(1)])
    ids = text_model([T.Embedding(20, 5, mask_zero=True), T.LSTM(4), T.Dense(1, "sigmoid")], tf_keras)
    yield "tf-keras series", json.loads(series.to_json())
    yield "tf-keras stack", json.loads(stack.to_json())
    yield "tf-keras ids", json.loads(ids.to_json())


def with_short_ids(config, ids):
    """Keras identifies shared objects by their address in memory."""
    if isinstance(config, list):
        return [with_short_ids(entry, ids) for entry in config]
    if not isinstance(config, dict):
        return config
    return {
        key: ids.setdefault(value, len(ids) + 1) if key == "shared_object_id" else with_short_ids(value, ids)
        for key, value in config.items()
    }


def write(name, entries):
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items())
    (here / f"{name}.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def numbered(objects):
    result = {}
    for entry in objects:
        config = written(entry)
        name = config["class_name"]
        while name in result:
            name += " given"
        result[name] = config
    return result


def main():
    for kind, functions in FUNCTIONS.items():
        write(kind, {name: written(function) for name, function in functions.items()})
    keras.utils.clear_session()
    write("layers", numbered(layers()))
    write("optimizers", numbered(optimizers()))
    keras.utils.clear_session()
    write("models", dict(models()) | dict(tf_keras_models()))


if __name__ == "__main__":
    main()
