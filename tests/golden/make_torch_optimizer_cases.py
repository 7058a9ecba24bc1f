#!/usr/bin/env python3
"""Makes the committed case of kind `torch_optimizers` with PyTorch."""

import argparse
import zlib

import numpy as np
import torch

from case_format import normal, numbers, write_case

SHAPES = [(3,), (4, 3)]


def runs():
    """name, class, options; every optimizer once with its defaults"""
    for name in ["SGD", "RMSprop", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "NAdam"]:
        yield name.lower(), name, {}
        yield f"{name.lower()}_l2", name, {"lr": 0.05, "weight_decay": 0.1}
    yield "sgd_dampening", "SGD", {"lr": 0.05, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1}
    yield "sgd_nesterov", "SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}
    yield "rmsprop_centered", "RMSprop", {"lr": 0.05, "alpha": 0.7, "eps": 1e-2, "momentum": 0.6, "centered": True}
    yield "adam_amsgrad", "Adam", {"lr": 0.05, "betas": [0.7, 0.8], "eps": 1e-2, "amsgrad": True}
    yield "adam_decoupled", "Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}
    yield "adagrad_decay", "Adagrad", {"lr": 0.05, "lr_decay": 0.1, "initial_accumulator_value": 0.2, "eps": 1e-2}
    yield "adadelta_rho", "Adadelta", {"lr": 0.5, "rho": 0.7, "eps": 1e-2}
    yield "adamax_betas", "Adamax", {"lr": 0.05, "betas": [0.7, 0.8], "eps": 1e-2}
    yield "nadam_decay", "NAdam", {"lr": 0.05, "betas": [0.7, 0.8], "eps": 1e-2, "momentum_decay": 0.5}


def trajectory(class_name, options, initial, gradients, dtype):
    parameters = [torch.tensor(value, dtype=dtype, requires_grad=True) for value in initial]
    optimizer = getattr(torch.optim, class_name)(parameters, **options)
    result = []
    for step in gradients:
        for parameter, gradient in zip(parameters, step, strict=True):
            parameter.grad = torch.tensor(gradient, dtype=dtype)
        optimizer.step()
        result.append([numbers(p.detach().numpy(), str(dtype).removeprefix("torch.")) for p in parameters])
    return result


def make_case(name, dtype, tolerance, steps):
    rng = np.random.default_rng(zlib.crc32(f"optimizer {name}".encode()))
    initial = [normal(rng, shape) for shape in SHAPES]
    gradients = [[normal(rng, shape) for shape in SHAPES] for _ in range(steps)]
    return {
        "id": name,
        "kind": "torch_optimizers",
        "system": "torch",
        "version": torch.__version__.split("+")[0],
        "backend": "cpu",
        "dtype": str(dtype).removeprefix("torch."),
        "initial": [value.tolist() for value in initial],
        "gradients": [[g.tolist() for g in step] for step in gradients],
        "runs": {
            run: {"class_name": class_name, "options": options,
                  "trajectory": trajectory(class_name, options, initial, gradients, dtype)}
            for run, class_name, options in runs()
        },  # fmt: skip
        "tolerance": tolerance,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    folder = parser.parse_args().folder
    write_case(folder, make_case("torch_optimizers", torch.float64, 1e-9, 8))
    write_case(folder, make_case("torch_optimizers_float32", torch.float32, 1e-5, 5))


if __name__ == "__main__":
    main()
