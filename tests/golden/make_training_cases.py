#!/usr/bin/env python3
"""Makes the committed cases of kind `training` with Keras 3 on JAX, which computes in double throughout."""

import argparse
import os
import zlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax

jax.config.update("jax_enable_x64", True)

import keras
import numpy as np

from case_format import normal, numbers, write_case

STEPS = 20


def specifications():
    """name, options of the GRU, of Dense, loss, optimizer, dtype"""
    adam = {"class_name": "Adam", "learning_rate": 0.02}
    adamw = {"class_name": "AdamW", "learning_rate": 0.02, "weight_decay": 0.05}
    masked = {"masking_value": -1.0}
    yield "adam", {}, {}, "mse", adam, "float64"
    yield "adamw", {}, {}, "mse", adamw, "float64"
    yield "adamw_masked_ra0", {"reset_after": False, **masked}, {}, "mse", adamw, "float64"
    yield "adam_masked", masked, {}, "mae", adam, "float64"
    yield "adam_implementation_1", {"implementation": 1, "use_bias": False}, {}, "huber", {
        **adam, "amsgrad": True, "clipnorm": 0.5}, "float64"  # fmt: skip
    yield "adam_sequences", {"return_sequences": True}, {}, "mse", adam, "float64"
    yield "adam_backwards_classes", {"go_backwards": True}, {
        "units": 3, "activation": "softmax"}, "sparse_categorical_crossentropy", adam, "float64"  # fmt: skip
    yield "sgd_sigmoid", {"unroll": True}, {"activation": "sigmoid"}, "binary_crossentropy", {
        "class_name": "SGD", "learning_rate": 0.2, "momentum": 0.9, "nesterov": True}, "float64"  # fmt: skip
    yield "rmsprop_penalties", {"kernel_regularizer": {"l2": 0.01},
                                "recurrent_constraint": "unit_norm"}, {}, "mse", {
        "class_name": "RMSprop", "learning_rate": 0.01}, "float64"  # fmt: skip
    yield "schedule_free", {}, {}, "mse", {
        "class_name": "ScheduleFreeAdamW", "learning_rate": 0.02, "warmup_steps": 5,
        "weight_decay": 0.05}, "float64"  # fmt: skip
    yield "adam_float32", {}, {}, "mse", adam, "float32"


def layer_options(options):
    """Regularizers are written as their arguments."""
    return {name: keras.regularizers.L1L2(**value) if isinstance(value, dict) else value
            for name, value in options.items()}  # fmt: skip


def make_model(gru, dense, features):
    gru = dict(gru)
    value = gru.pop("masking_value")
    layers = [keras.layers.Input((None if not gru.get("unroll") else 5, features))]
    if value is not None:
        layers.append(keras.layers.Masking(mask_value=value))
    layers.append(keras.layers.GRU(name="gru", **layer_options(gru)))
    layers.append(keras.layers.Dense(name="dense", **dense))
    return keras.Sequential(layers)


def draw_data(rng, gru, dense, loss):
    x = normal(rng, (8, 5, 3))
    if gru["masking_value"] is not None:
        for sample, length in enumerate(rng.integers(1, 6, size=len(x))):
            x[sample, length:] = gru["masking_value"]
    shape = (8, 5, 1) if gru.get("return_sequences") else (8, 1)
    if loss == "sparse_categorical_crossentropy":
        return x, rng.integers(0, dense["units"], size=shape).astype(float)
    if loss == "binary_crossentropy":
        return x, rng.integers(0, 2, size=shape).astype(float)
    return x, normal(rng, shape)


def weights_of(model, dtype):
    """Paths without the model's own name."""
    return {w.path.removeprefix(f"{model.name}/"): numbers(keras.ops.convert_to_numpy(w.value), dtype) for w in model.weights}


def make_case(name, gru, dense, loss, optimizer, dtype):
    rng = np.random.default_rng(zlib.crc32(f"training {name}".encode()))
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    gru = {"units": 4, "masking_value": None, **gru}
    dense = {"units": 1, **dense}
    x, y = draw_data(rng, gru, dense, loss)
    model = make_model(gru, dense, x.shape[-1])
    for weight in model.weights:
        weight.assign(normal(rng, tuple(weight.shape), 0.5))
    initial = weights_of(model, dtype)
    arguments = {k: v for k, v in optimizer.items() if k != "class_name"}
    model.compile(loss=loss, optimizer=getattr(keras.optimizers, optimizer["class_name"])(**arguments))
    history = model.fit(x, y, batch_size=len(x), epochs=STEPS, shuffle=False, verbose=0)
    prediction = model.predict(x, batch_size=len(x), verbose=0)
    return {
        "id": f"train_{name}", "kind": "training", "system": "keras", "version": keras.__version__,
        "backend": f"jax {jax.__version__}", "dtype": dtype,
        "options": {"gru": gru, "dense": dense, "loss": loss, "optimizer": optimizer,
                    "steps": STEPS, "batch": "full, no shuffle"},
        "x": x.tolist(), "y": y.tolist(), "initial_weights": initial,
        "loss_per_step": numbers(history.history["loss"], dtype),
        "final_weights": weights_of(model, dtype),
        "final_prediction": numbers(prediction, dtype),
        "note": "loss of a step is taken before its update",
        "tolerance": 1e-6 if dtype == "float64" else 2e-5,
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder for the cases")
    folder = parser.parse_args().out
    for specification in specifications():
        write_case(folder, make_case(*specification))


if __name__ == "__main__":
    main()
