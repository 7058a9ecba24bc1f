#!/usr/bin/env python3
"""Makes parity cases with PyTorch: GRU layers, GRU cells and optimizers."""

import argparse
import zlib

import numpy as np
import torch

from case_format import chance, deviation, is_single_stable, normal, numbers, optimizer_inputs, pick
from case_format import write_case

torch.set_num_threads(1)
DTYPES = {"float64": torch.float64, "float32": torch.float32}


def tensor(array, dtype):
    return torch.tensor(np.asarray(array), dtype=DTYPES[dtype], requires_grad=True)


def make_module(options, dtype):
    arguments = {name: value for name, value in options.items() if name != "cell"}
    kind = torch.nn.GRUCell if options.get("cell") else torch.nn.GRU
    return kind(**arguments).to(DTYPES[dtype])


def answer(case, dtype):
    """What PyTorch answers to the one call of a case."""
    module = make_module(case["options"], dtype)
    call = case["calls"][0]
    parameters = dict(module.named_parameters())
    with torch.no_grad():
        for name, array in case["weights"].items():
            parameters[name].copy_(torch.tensor(array, dtype=DTYPES[dtype]))
    x = tensor(call["x"], dtype)
    state = None if call["initial_state"] is None else tensor(call["initial_state"], dtype)
    result = module(x, state)
    outputs = [result] if case["options"].get("cell") else list(result)
    names = ["output", "state"]
    loss = sum(
        (output * tensor(call["loss_weights"][name], dtype).detach()).sum()
        for name, output in zip(names, outputs)
        if name in call["loss_weights"]
    )
    loss.backward()
    grads = {"x": x.grad.numpy()}
    if state is not None:
        grads["initial_state"] = state.grad.numpy()
    grads.update({name: parameter.grad.numpy() for name, parameter in parameters.items()})
    found = {name: output.detach().numpy() for name, output in zip(names, outputs)}
    return {**found, "loss": loss.detach().numpy(), "grads": grads}


def shapes(options, sizes):
    """Of the input, the state, the output."""
    batch, steps, features = sizes
    units, directions = options["hidden_size"], 1 + options.get("bidirectional", False)
    if options.get("cell"):
        return (batch, features), (batch, units), (batch, units)
    order = (batch, steps) if options.get("batch_first") else (steps, batch)
    state = (directions * options.get("num_layers", 1), batch, units)
    return (*order, features), state, (*order, directions * units)


def draw_case(rng, identifier, options, dtype, sizes, with_state):
    options = {"input_size": sizes[2], **options}
    case = {
        "id": f"torch_{identifier}", "kind": "torch_gru", "system": "torch",
        "version": torch.__version__, "dtype": dtype, "options": options,
    }  # fmt: skip
    x, state, output = shapes(options, sizes)
    if not options.get("cell") and not options.get("batch_first"):
        case["note"] = "without batch_first: x and output are [T,B,.]"
    count = int(np.prod(output)) + int(np.prod(state))
    loss_scale = min(1.0, 12.0 / count) if dtype == "float32" else 1.0
    while True:
        parameters = make_module(options, dtype).named_parameters()
        case["weights"] = {n: normal(rng, tuple(p.shape), 0.5).tolist() for n, p in parameters}
        weights = {"output": normal(rng, output, loss_scale).tolist()}
        if not options.get("cell"):
            weights["state"] = normal(rng, state, loss_scale).tolist()
        call = {
            "x": normal(rng, x).tolist(),
            "initial_state": normal(rng, state, 0.8).tolist() if with_state else None,
            "loss_weights": weights,
        }
        case["calls"] = [call]
        found = answer(case, dtype)
        if dtype == "float64" or is_single_stable([answer(case, "float64")], [found]):
            call.update(numbers(found, dtype))
            return case


def curated():
    """name, options, dtype, sizes (batch, steps, features), initial state given"""
    first = {"batch_first": True}
    yield "gru", {"hidden_size": 3, **first}, "float64", (2, 4, 3), True
    yield "gru_no_state", {"hidden_size": 4, **first}, "float64", (2, 4, 3), False
    yield "gru_float32", {"hidden_size": 4, **first}, "float32", (3, 5, 2), True
    yield "gru_time_major", {"hidden_size": 3}, "float64", (2, 4, 3), True
    yield "gru_no_bias", {"hidden_size": 3, "bias": False, **first}, "float64", (2, 4, 3), True
    yield "gru_3layer", {"hidden_size": 2, "num_layers": 3, **first}, "float64", (2, 4, 3), True
    yield "gru_bidirectional", {"hidden_size": 3, "bidirectional": True, **first}, "float64", (2, 4, 3), True
    both = {"num_layers": 2, "bidirectional": True}
    yield "gru_2layer_bidirectional", {"hidden_size": 2, **both, **first}, "float64", (2, 3, 3), True
    yield "gru_2layer_bidirectional_time_major", {"hidden_size": 2, **both}, "float32", (2, 3, 3), False
    yield "gru_ones", {"hidden_size": 1, **first}, "float64", (1, 1, 1), True
    yield "cell", {"hidden_size": 4, "cell": True}, "float64", (3, 1, 3), True
    yield "cell_float32", {"hidden_size": 3, "cell": True}, "float32", (2, 1, 4), True
    yield "cell_no_bias", {"hidden_size": 3, "cell": True, "bias": False}, "float64", (2, 1, 2), True


def random_specs(cases, seed):
    for index in range(cases):
        rng = np.random.default_rng([seed, zlib.crc32(b"torch"), index])
        options = {"hidden_size": int(rng.integers(1, 10))}
        cell = chance(rng, 0.2)
        if cell:
            options["cell"] = True
        else:
            options["batch_first"] = chance(rng, 0.7)
            options["num_layers"] = int(rng.integers(1, 4))
            options["bidirectional"] = chance(rng, 0.4)
        if chance(rng, 0.15):
            options["bias"] = False
        sizes = tuple(int(rng.integers(1, high)) for high in (6, 9, 7))
        dtype = pick(rng, ["float64", "float64", "float32"])
        yield f"gru_{seed}_{index:05d}", options, dtype, sizes, cell or chance(rng, 0.6)


# Every class and option; arguments have PyTorch's names.
OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.05}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "eps": 1e-4}),
    ("RMSprop", {"lr": 0.05, "momentum": 0.7}),
    ("RMSprop", {"lr": 0.05, "centered": True}),
    ("RMSprop", {"lr": 0.05, "centered": True, "momentum": 0.5, "weight_decay": 0.02}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.1, "amsgrad": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.05}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3, "momentum_decay": 0.01}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.05}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.05, "decoupled_weight_decay": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.2, "initial_accumulator_value": 0.05, "eps": 1e-4}),
    ("Adagrad", {"lr": 0.1, "weight_decay": 0.05}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.05}),
]  # fmt: skip


def trajectory(class_name, options, initial, gradients):
    variables = [torch.nn.Parameter(torch.tensor(v, dtype=torch.float64)) for v in initial]
    optimizer = getattr(torch.optim, class_name)(variables, **options)
    steps = []
    for step in gradients:
        for variable, gradient in zip(variables, step):
            variable.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        steps.append([v.detach().numpy().copy() for v in variables])
    return steps


def optimizer_case():
    initial, gradients = optimizer_inputs("torch")
    runs = [
        {
            "class_name": class_name,
            "options": options,
            "trajectory": numbers(trajectory(class_name, options, initial, gradients), "float64"),
        }
        for class_name, options in OPTIMIZERS
    ]
    return {
        "id": "torch_optimizers", "kind": "torch_optimizers", "system": "torch",
        "version": torch.__version__, "dtype": "float64", "initial": initial,
        "gradients": gradients, "runs": runs, "tolerance": 1e-9,
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder for the cases")
    parser.add_argument("--cases", type=int, default=100, help="number of random cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--curated", action="store_true", help="the committed set instead")
    arguments = parser.parse_args()
    specs = list(curated() if arguments.curated else random_specs(arguments.cases, arguments.seed))
    for name, *spec in specs:
        rng = np.random.default_rng(zlib.crc32(f"torch {name}".encode()))
        write_case(arguments.out, draw_case(rng, name, *spec))
    if arguments.curated:
        write_case(arguments.out, optimizer_case())
    print(f"torch: {len(specs)} cases")


if __name__ == "__main__":
    main()
