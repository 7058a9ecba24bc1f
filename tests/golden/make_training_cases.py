#!/usr/bin/env python3
"""Makes the cases of training, optimizers and schedules with Keras 3 on JAX in double precision."""

import argparse
import os
import zlib

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import keras
import numpy as np

from case_format import normal, numbers, optimizer_inputs, write_case

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")

STEPS = 20
SCHEDULE_STEPS = 25
EXPONENTIAL = ["ExponentialDecay", {
    "initial_learning_rate": 0.1, "decay_steps": 3, "decay_rate": 0.5}]  # fmt: skip

# name, class, arguments under Keras' names
OPTIMIZERS = [
    ("sgd", "SGD", {}),
    ("sgd_momentum", "SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("sgd_nesterov", "SGD", {"learning_rate": 0.1, "momentum": 0.8, "nesterov": True}),
    ("sgd_schedule", "SGD", {"learning_rate": EXPONENTIAL, "momentum": 0.9}),
    ("sgd_clipnorm", "SGD", {"learning_rate": 0.1, "clipnorm": 0.5}),
    ("sgd_clipvalue", "SGD", {"learning_rate": 0.1, "clipvalue": 0.4}),
    ("sgd_global_clipnorm", "SGD", {"learning_rate": 0.1, "global_clipnorm": 0.7}),
    ("sgd_decay", "SGD", {"learning_rate": 0.1, "momentum": 0.5, "weight_decay": 0.1}),
    ("sgd_decay_schedule", "SGD", {"learning_rate": EXPONENTIAL, "weight_decay": 0.1}),
    ("sgd_ema", "SGD", {"learning_rate": 0.1, "use_ema": True}),
    ("sgd_ema_overwrite", "SGD", {
        "learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2}),
    ("sgd_loss_scale", "SGD", {"learning_rate": 0.1, "loss_scale_factor": 4.0}),
    ("sgd_accumulation", "SGD", {"learning_rate": 0.1, "gradient_accumulation_steps": 2}),
    ("adam", "Adam", {}),
    ("adam_options", "Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("adam_amsgrad", "Adam", {"learning_rate": 0.05, "amsgrad": True}),
    ("adam_schedule", "Adam", {"learning_rate": EXPONENTIAL}),
    ("adam_accumulation", "Adam", {"learning_rate": 0.05, "gradient_accumulation_steps": 2}),
    ("adam_accumulation_schedule", "Adam", {
        "learning_rate": EXPONENTIAL, "gradient_accumulation_steps": 2}),
    ("adam_accumulation_clip_decay", "Adam", {
        "learning_rate": 0.05, "gradient_accumulation_steps": 2, "clipnorm": 0.3,
        "weight_decay": 0.1}),
    ("adam_accumulation_ema", "Adam", {
        "learning_rate": 0.05, "gradient_accumulation_steps": 2, "use_ema": True,
        "ema_momentum": 0.6}),
    ("adamw", "AdamW", {}),
    ("adamw_options", "AdamW", {"learning_rate": 0.05, "weight_decay": 0.2, "amsgrad": True}),
    ("rmsprop", "RMSprop", {}),
    ("rmsprop_options", "RMSprop", {"learning_rate": 0.05, "rho": 0.7, "epsilon": 1e-3}),
    ("rmsprop_momentum", "RMSprop", {"learning_rate": 0.05, "momentum": 0.6}),
    ("rmsprop_centered", "RMSprop", {"learning_rate": 0.05, "centered": True}),
    ("rmsprop_centered_momentum", "RMSprop", {
        "learning_rate": 0.05, "centered": True, "momentum": 0.6}),
    ("adamax", "Adamax", {}),
    ("adamax_options", "Adamax", {
        "learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("nadam", "Nadam", {}),
    ("nadam_options", "Nadam", {
        "learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("adagrad", "Adagrad", {}),
    ("adagrad_options", "Adagrad", {
        "learning_rate": 0.1, "initial_accumulator_value": 0.02, "epsilon": 1e-3}),
    ("adadelta", "Adadelta", {}),
    ("adadelta_options", "Adadelta", {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-3}),
    ("ftrl", "Ftrl", {}),
    ("ftrl_options", "Ftrl", {
        "learning_rate": 0.1, "learning_rate_power": -0.7, "initial_accumulator_value": 0.3,
        "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.1,
        "l2_shrinkage_regularization_strength": 0.02, "beta": 0.2}),
    ("adafactor", "Adafactor", {}),
    ("adafactor_options", "Adafactor", {
        "learning_rate": 0.05, "beta_2_decay": -0.6, "epsilon_1": 1e-20, "epsilon_2": 1e-2,
        "clip_threshold": 0.5, "relative_step": False}),
    ("adafactor_schedule", "Adafactor", {"learning_rate": EXPONENTIAL}),
    ("lion", "Lion", {}),
    ("lion_options", "Lion", {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.9,
                              "weight_decay": 0.1}),
    ("lamb", "Lamb", {}),
    ("lamb_options", "Lamb", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("muon", "Muon", {}),
    ("muon_options", "Muon", {
        "learning_rate": 0.02, "momentum": 0.8, "nesterov": False, "ns_steps": 3, "rms_rate": 0.3,
        "weight_decay": 0.1, "adam_beta_1": 0.8, "adam_beta_2": 0.95, "adam_weight_decay": 0.2,
        "adam_lr_ratio": 0.5}),
    ("muon_coefficients", "Muon", {
        "learning_rate": 0.02, "a": 2.0, "b": -1.5, "c": 0.5}),
    ("schedule_free", "ScheduleFreeAdamW", {}),
    ("schedule_free_options", "ScheduleFreeAdamW", {
        "learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3, "warmup_steps": 3,
        "weight_decay": 0.1}),
    ("everything", "Adam", {
        "learning_rate": EXPONENTIAL, "amsgrad": True, "global_clipnorm": 0.8, "weight_decay": 0.05,
        "use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3}),
]  # fmt: skip
LOOSE = {"Adafactor": 1e-6, "Muon": 1e-6}  # they hold constants in float32


def make_optimizer(class_name, options):
    arguments = dict(options)
    rate = arguments.get("learning_rate")
    if isinstance(rate, list):
        arguments["learning_rate"] = getattr(keras.optimizers.schedules, rate[0])(**rate[1])
    return getattr(keras.optimizers, class_name)(**arguments)


def optimizer_case(name, class_name, options):
    initial, gradients = optimizer_inputs("keras")
    variables = [keras.Variable(np.asarray(v), dtype="float64") for v in initial]
    optimizer = make_optimizer(class_name, options)
    optimizer.build(variables)
    trajectory, averages = [], []
    for step in gradients:
        optimizer.apply([jax.numpy.asarray(g, dtype="float64") for g in step])
        trajectory.append([np.asarray(v) for v in variables])
        if options.get("use_ema"):
            averages.append([np.asarray(v) for v in optimizer._model_variables_moving_average])
    case = {
        "id": f"optimizer_{name}", "kind": "optimizer", **SYSTEM,
        "options": {"class_name": class_name, **options}, "initial": initial,
        "gradients": gradients, "trajectory": numbers(trajectory, "float64"),
    }  # fmt: skip
    if averages:
        case["ema"] = numbers(averages, "float64")
    case["tolerance"] = LOOSE.get(class_name, 1e-9)
    return case


SCHEDULES = {
    "exponential": ("ExponentialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6}),
    "exponential_stair": ("ExponentialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6, "staircase": True}),
    "inverse": ("InverseTimeDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6}),
    "inverse_stair": ("InverseTimeDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6, "staircase": True}),
    "piecewise": ("PiecewiseConstantDecay", {"boundaries": [5, 12], "values": [0.1, 0.05, 0.01]}),
    "polynomial": ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7}),
    "polynomial_power": ("PolynomialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.02, "power": 2.5}),
    "polynomial_cycle": ("PolynomialDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 7, "end_learning_rate": 0.01, "power": 1.5,
        "cycle": True}),
    "cosine": ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 11}),
    "cosine_alpha": ("CosineDecay", {
        "initial_learning_rate": 0.1, "decay_steps": 11, "alpha": 0.2}),
    "cosine_warm": ("CosineDecay", {
        "initial_learning_rate": 0.01, "decay_steps": 11, "alpha": 0.05, "warmup_target": 0.2,
        "warmup_steps": 4}),
    "cosine_restarts": ("CosineDecayRestarts", {
        "initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.5, "m_mul": 0.7,
        "alpha": 0.1}),
    "cosine_restarts_equal": ("CosineDecayRestarts", {
        "initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.0, "m_mul": 0.9}),
    "cosine_restarts_defaults": ("CosineDecayRestarts", {
        "initial_learning_rate": 0.1, "first_decay_steps": 5}),
}  # fmt: skip


def schedule_case():
    schedules = {}
    for name, (class_name, options) in SCHEDULES.items():
        schedule = getattr(keras.optimizers.schedules, class_name)(**options)
        values = [np.asarray(schedule(step)) for step in range(SCHEDULE_STEPS)]
        schedules[name] = {
            "class_name": class_name, "options": options, "values": numbers(values, "float64"),
        }  # fmt: skip
    return {
        "id": "schedules", "kind": "schedules", **SYSTEM, "steps": list(range(SCHEDULE_STEPS)),
        "schedules": schedules, "tolerance": 1e-6,
    }  # fmt: skip


# name, GRU options, value that Masking hides, units of the Dense layer, loss, optimizer
TRAININGS = [
    ("sgd", {"units": 4}, None, 1, "mse", {"class_name": "SGD", "learning_rate": 0.1}),
    ("sgd_nesterov_ra0", {"units": 3, "reset_after": False}, None, 2, "mse", {
        "class_name": "SGD", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    ("adam", {"units": 4}, None, 1, "mse", {"class_name": "Adam", "learning_rate": 0.02}),
    ("adam_masking", {"units": 4}, 0.0, 1, "mse", {"class_name": "Adam", "learning_rate": 0.02}),
    ("adam_masking_ra0", {"units": 3, "reset_after": False}, -1.0, 2, "mse", {
        "class_name": "Adam", "learning_rate": 0.02, "clipnorm": 0.5}),
    ("adamw", {"units": 4}, None, 2, "mse", {
        "class_name": "AdamW", "learning_rate": 0.02, "weight_decay": 0.05}),
    ("adamw_masking", {"units": 3}, 0.0, 1, "mse", {
        "class_name": "AdamW", "learning_rate": 0.02}),
]  # fmt: skip


def make_model(options, masking_value, dense_units, features):
    layers = [keras.Input((None, features))]
    if masking_value is not None:
        layers.append(keras.layers.Masking(mask_value=masking_value))
    # The compiled loop, whose treatment of leading masked steps is TensorFlow's: no leading step is masked.
    layers += [keras.layers.GRU(**options, name="gru"), keras.layers.Dense(dense_units, name="dense")]
    return keras.Sequential(layers)


def draw_training_data(rng, masking_value, dense_units):
    x = normal(rng, (6, 5, 3))
    if masking_value is not None:  # right-padded to lengths 2 … 5
        lengths = rng.integers(2, x.shape[1] + 1, size=len(x))
        x[np.arange(x.shape[1]) >= lengths[:, None]] = masking_value
    return x, normal(rng, (len(x), dense_units))


def training_case(name, gru, masking_value, dense_units, loss, optimizer):
    rng = np.random.default_rng(zlib.crc32(f"training {name}".encode()))
    x, y = draw_training_data(rng, masking_value, dense_units)
    model = make_model(gru, masking_value, dense_units, x.shape[-1])
    model.set_weights([normal(rng, w.shape, 0.4) for w in model.weights])
    names = ["gru/kernel", "gru/recurrent_kernel", "gru/bias", "dense/kernel", "dense/bias"]
    initial = dict(zip(names, [w.tolist() for w in model.get_weights()], strict=True))
    arguments = {key: value for key, value in optimizer.items() if key != "class_name"}
    model.compile(loss=loss, optimizer=make_optimizer(optimizer["class_name"], arguments))
    losses = [
        model.fit(x, y, batch_size=len(x), shuffle=False, verbose=0).history["loss"][0]
        for _ in range(STEPS)
    ]
    final = dict(zip(names, model.get_weights(), strict=True))
    return {
        "id": f"training_{name}", "kind": "training", **SYSTEM,
        "options": {
            "gru": {**gru, "masking_value": masking_value}, "dense": {"units": dense_units},
            "loss": loss, "optimizer": optimizer, "steps": STEPS, "batch": "full, no shuffle",
        },
        "x": x.tolist(), "y": y.tolist(), "initial_weights": initial,
        "loss_per_step": numbers(losses, "float64"), "final_weights": numbers(final, "float64"),
        "final_prediction": numbers(model.predict(x, verbose=0), "float64"),
        "note": "loss of a step is taken before its update", "tolerance": 1e-9,
    }  # fmt: skip


SYSTEM = {
    "system": "keras", "version": keras.__version__, "backend": f"jax {jax.__version__}",
    "dtype": "float64",
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder; the cases go into a subfolder for each kind")
    arguments = parser.parse_args()
    for specification in OPTIMIZERS:
        write_case(f"{arguments.out}/optimizer", optimizer_case(*specification))
    write_case(f"{arguments.out}/schedules", schedule_case())
    for specification in TRAININGS:
        write_case(f"{arguments.out}/training", training_case(*specification))
    print(f"keras on jax: {len(OPTIMIZERS) + 1 + len(TRAININGS)} cases")


if __name__ == "__main__":
    main()
