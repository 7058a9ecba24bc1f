#!/usr/bin/env python3
"""Makes the committed cases of kinds `optimizer` and `schedules` with Keras 3 on JAX.

JAX, because Keras on TensorFlow passes betas, decay rates and constants of schedules through single precision.
"""

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

SHAPES = [(3,), (4, 3)]
TOLERANCES = {"float64": 1e-9, "float32": 1e-5}
SINGLE_CONSTANTS = {"Adafactor", "Muon"}  # both hold float32 constants in every precision

EXPONENTIAL = ["ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}]
INVERSE = ["InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}]
# Keras computes cosines of a schedule in single precision: no schedule for a comparison to 1e-9.
WARM = ["CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 6, "alpha": 0.1, "warmup_target": 0.1,
                        "warmup_steps": 3}]  # fmt: skip


def specifications():
    """name, class, options, and what differs from 8 steps of SHAPES in double"""
    rate = {"learning_rate": 0.05}
    yield "sgd", "SGD", rate, {}
    yield "sgd_defaults", "SGD", {}, {}
    yield "sgd_momentum", "SGD", {"learning_rate": EXPONENTIAL, "momentum": 0.9}, {}
    yield "sgd_nesterov", "SGD", {**rate, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}, {}
    yield "rmsprop", "RMSprop", rate, {}
    yield "rmsprop_all", "RMSprop", {"learning_rate": EXPONENTIAL, "rho": 0.7, "momentum": 0.6, "epsilon": 1e-3,
                                     "centered": True}, {}  # fmt: skip
    yield "adam", "Adam", {}, {"steps": 50}
    yield "adam_amsgrad", "Adam", {**rate, "beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2, "amsgrad": True}, {}
    yield "adam_clipnorm", "Adam", {"learning_rate": INVERSE, "clipnorm": 0.7}, {}
    yield "adam_clipvalue", "Adam", {**rate, "clipvalue": 0.4, "loss_scale_factor": 128.0}, {}
    yield "adamw", "AdamW", {**rate, "weight_decay": 0.1}, {}
    yield "adamw_defaults", "AdamW", {}, {}
    yield "adagrad", "Adagrad", {**rate, "initial_accumulator_value": 0.3, "epsilon": 1e-2}, {}
    yield "adagrad_defaults", "Adagrad", {}, {}
    yield "adadelta", "Adadelta", {"learning_rate": 1.0, "rho": 0.8, "epsilon": 1e-3}, {}
    yield "adadelta_defaults", "Adadelta", {}, {}
    yield "adamax", "Adamax", {**rate, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-2}, {}
    yield "adamax_defaults", "Adamax", {}, {}
    yield "nadam", "Nadam", {}, {"steps": 50}
    yield "nadam_all", "Nadam", {**rate, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-2, "weight_decay": 0.1}, {}
    yield "lion", "Lion", {**rate, "beta_1": 0.8, "beta_2": 0.7}, {}
    yield "lion_defaults", "Lion", {}, {}
    yield "lamb", "Lamb", {**rate, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-2}, {}
    yield "lamb_defaults", "Lamb", {}, {}
    yield "ftrl_defaults", "Ftrl", {}, {}
    yield "ftrl_all", "Ftrl", {**rate, "learning_rate_power": -0.7, "initial_accumulator_value": 0.2,
                               "l1_regularization_strength": 0.1, "l2_regularization_strength": 0.2,
                               "l2_shrinkage_regularization_strength": 0.05, "beta": 0.3}, {}  # fmt: skip
    yield "adafactor_defaults", "Adafactor", {}, {"shapes": [(3,), (4, 3), (2, 3, 4)]}
    yield "adafactor_absolute", "Adafactor", {"learning_rate": 0.3, "relative_step": False, "beta_2_decay": -0.6,
                                              "clip_threshold": 0.5, "epsilon_2": 0.1}, {}  # fmt: skip
    yield "adafactor_schedule", "Adafactor", {"learning_rate": EXPONENTIAL}, {}
    yield "muon_defaults", "Muon", {}, {"shapes": [(3,), (4, 3), (3, 5), (2, 2, 2)]}
    yield "muon_all", "Muon", {**rate, "weight_decay": 0.1, "adam_weight_decay": 0.2, "adam_lr_ratio": 0.5,
                               "momentum": 0.8, "nesterov": False, "ns_steps": 3, "rms_rate": None}, {}  # fmt: skip
    yield "schedule_free", "ScheduleFreeAdamW", {**rate, "beta_1": 0.8, "beta_2": 0.7, "epsilon": 1e-2}, {}
    yield "schedule_free_defaults", "ScheduleFreeAdamW", {}, {"steps": 50}
    yield "schedule_free_warmup", "ScheduleFreeAdamW", {"learning_rate": EXPONENTIAL, "warmup_steps": 5,
                                                        "weight_decay": 0.1, "clipnorm": 0.7}, {}  # fmt: skip
    yield "schedule_free_accumulation", "ScheduleFreeAdamW", {**rate, "warmup_steps": 3, "global_clipnorm": 0.5,
                                                              "loss_scale_factor": 4.0,
                                                              "gradient_accumulation_steps": 2}, {"steps": 9}  # fmt: skip
    yield "schedule_free_ema", "ScheduleFreeAdamW", {**rate, "weight_decay": 0.1, "clipvalue": 0.4, "use_ema": True,
                                                     "ema_momentum": 0.8, "ema_overwrite_frequency": 3}, {}  # fmt: skip
    # The steps that all optimizers share.
    yield "accumulation", "Adam", {"learning_rate": EXPONENTIAL, "weight_decay": 0.1, "clipnorm": 0.5,
                                   "gradient_accumulation_steps": 3}, {"steps": 10}  # fmt: skip
    yield "accumulation_nadam", "Nadam", {**rate, "global_clipnorm": 0.5, "gradient_accumulation_steps": 2,
                                          "loss_scale_factor": 4.0}, {"steps": 9}  # fmt: skip
    yield "ema", "Adam", {**rate, "use_ema": True, "ema_momentum": 0.8}, {}
    yield "ema_overwrite", "SGD", {**rate, "momentum": 0.9, "use_ema": True, "ema_momentum": 0.6,
                                   "ema_overwrite_frequency": 3}, {}  # fmt: skip
    yield "ema_accumulation", "SGD", {**rate, "use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 2,
                                      "gradient_accumulation_steps": 2}, {"steps": 9}  # fmt: skip
    for name in ["SGD", "RMSprop", "Adam", "Adagrad", "Adadelta", "Adamax", "Nadam", "Lamb", "Ftrl", "Adafactor",
                 "ScheduleFreeAdamW"]:
        yield f"{name.lower()}_float32", name, rate, {"dtype": "float32", "steps": 5}


SCHEDULES = {
    "exponential": EXPONENTIAL,
    "exponential_stair": ["ExponentialDecay", {"initial_learning_rate": 0.3, "decay_steps": 9, "decay_rate": 0.8,
                                               "staircase": True}],  # fmt: skip
    "inverse": ["InverseTimeDecay", {"initial_learning_rate": 0.3, "decay_steps": 9, "decay_rate": 0.8}],
    "inverse_stair": ["InverseTimeDecay", {"initial_learning_rate": 0.3, "decay_steps": 9, "decay_rate": 0.8,
                                           "staircase": True}],  # fmt: skip
    "piecewise": ["PiecewiseConstantDecay", {"boundaries": [3, 8, 20], "values": [0.5, 0.25, 0.1, 0.01]}],
    "polynomial": ["PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 9}],
    "polynomial_cycle": ["PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 9, "power": 0.5,
                                             "end_learning_rate": 0.2, "cycle": True}],  # fmt: skip
    "cosine": ["CosineDecay", {"initial_learning_rate": 0.3, "decay_steps": 9, "alpha": 0.1}],
    "cosine_warm": WARM,
    "restarts": ["CosineDecayRestarts", {"initial_learning_rate": 0.3, "first_decay_steps": 5}],
    "restarts_equal": ["CosineDecayRestarts", {"initial_learning_rate": 0.3, "first_decay_steps": 7, "t_mul": 1.0,
                                               "m_mul": 0.9, "alpha": 0.05}],  # fmt: skip
}


def with_schedule(options):
    rate = options.get("learning_rate")
    if not isinstance(rate, list):
        return options
    return {**options, "learning_rate": getattr(keras.optimizers.schedules, rate[0])(**rate[1])}


def system(dtype):
    return {"system": "keras", "version": keras.__version__, "backend": f"jax {jax.__version__}", "dtype": dtype}


def optimizer_class(name):
    return getattr(keras.optimizers, name, None) or getattr(__import__("keras.src.optimizers.lamb", fromlist=["_"]), name)


def make_case(name, class_name, options, shapes=SHAPES, steps=8, dtype="float64"):
    keras.config.set_floatx(dtype)
    rng = np.random.default_rng(zlib.crc32(f"optimizer {name}".encode()))
    initial = [normal(rng, shape) for shape in shapes]
    gradients = [[normal(rng, shape) for shape in shapes] for _ in range(steps)]
    variables = [keras.Variable(value, dtype=dtype, name=f"variable_{i}") for i, value in enumerate(initial)]
    optimizer = optimizer_class(class_name)(**with_schedule(options))
    optimizer.build(variables)
    trajectory, averages = [], []
    for step in gradients:
        optimizer.apply([jax.numpy.asarray(g, dtype=dtype) for g in step], variables)
        trajectory.append([numbers(v.numpy(), dtype) for v in variables])
        if optimizer.use_ema:
            averages.append([numbers(v.numpy(), dtype) for v in optimizer._model_variables_moving_average])
    case = {
        "id": f"k3_{name}",
        "kind": "optimizer",
        **system(dtype),
        "options": {"class_name": class_name, **options},
        "initial": [value.tolist() for value in initial],
        "gradients": [[g.tolist() for g in step] for step in gradients],
        "trajectory": trajectory,
    }
    if averages:
        case["ema"] = averages
    tolerance = 1e-6 if class_name in SINGLE_CONSTANTS else 0.0
    return {**case, "tolerance": max(tolerance, TOLERANCES[dtype])}


def make_schedules(steps=60):
    keras.config.set_floatx("float64")
    schedules = {}
    for name, (class_name, options) in SCHEDULES.items():
        schedule = getattr(keras.optimizers.schedules, class_name)(**options)
        values = [np.asarray(schedule(jax.numpy.asarray(step)), dtype="float64") for step in range(steps)]
        schedules[name] = {"class_name": class_name, "options": options, "values": numbers(values, "float64")}
    return {"id": "k3_schedules", "kind": "schedules", **system("float64"), "steps": list(range(steps)),
            "schedules": schedules, "tolerance": 1e-7}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    folder = parser.parse_args().folder
    for name, class_name, options, change in specifications():
        write_case(folder, make_case(name, class_name, options, **change))
    write_case(folder, make_schedules())


if __name__ == "__main__":
    main()
