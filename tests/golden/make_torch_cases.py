#!/usr/bin/env python3
"""Makes the committed parity cases of PyTorch's GRU and GRUCell."""

import argparse
import zlib

import numpy as np
import torch

from case_format import normal, numbers, write_case


def specifications():
    """name, options, dtype, initial state given, sizes (batch, steps, features)"""
    batched = {"batch_first": True}
    both = {"bidirectional": True}
    deep = {"num_layers": 3}
    yield "defaults", {"hidden_size": 3}, "float64", False, (2, 4, 3)
    yield "given", {"hidden_size": 3, **batched}, "float64", True, (2, 4, 3)
    yield "float32", {"hidden_size": 5, **batched}, "float32", True, (3, 5, 2)
    yield "no_bias", {"hidden_size": 4, "bias": False, **batched}, "float64", True, (2, 3, 3)
    yield "one", {"hidden_size": 1}, "float64", True, (1, 1, 1)
    yield "both", {"hidden_size": 3, **both, **batched}, "float64", True, (2, 4, 2)
    yield "both_time_major", {"hidden_size": 3, **both}, "float64", True, (2, 4, 2)
    yield "deep", {"hidden_size": 3, **deep, **batched}, "float64", True, (2, 4, 2)
    yield "deep_time_major", {"hidden_size": 2, **deep}, "float64", False, (3, 3, 4)
    yield "deep_both", {"hidden_size": 2, "num_layers": 2, **both}, "float64", True, (2, 4, 3)
    yield "deep_both_float32", {"hidden_size": 3, "num_layers": 2, "bias": False, **both,
                                **batched}, "float32", False, (2, 3, 3)  # fmt: skip
    yield "cell", {"hidden_size": 4, "cell": True}, "float64", True, (3, None, 2)
    yield "cell_no_state", {"hidden_size": 3, "cell": True}, "float64", False, (2, None, 3)
    yield "cell_no_bias", {"hidden_size": 3, "cell": True, "bias": False}, "float64", True, (2, None, 3)
    yield "cell_float32", {"hidden_size": 3, "cell": True}, "float32", True, (2, None, 3)


def make_module(options, features, dtype):
    options = {"input_size": features, **options}
    cell = options.pop("cell", False)
    return (torch.nn.GRUCell if cell else torch.nn.GRU)(**options, dtype=dtype)


def run(module, x, state):
    """Output, and the final states unless it is a cell."""
    if isinstance(module, torch.nn.GRUCell):
        return [module(x, None if state is None else state[0])]
    return list(module(x, state))


def draw_call(rng, options, given, sizes):
    batch, steps, features = sizes
    order = (batch, steps) if options.get("batch_first") else (steps, batch)
    shape = (batch,) if steps is None else order
    directions = 2 if options.get("bidirectional") else 1
    units, states = options["hidden_size"], options.get("num_layers", 1) * directions
    call = {"x": normal(rng, (*shape, features)).tolist(), "initial_state": None}
    if given:
        call["initial_state"] = normal(rng, (states, batch, units), 0.8).tolist()
    call["loss_weights"] = {"output": normal(rng, (*shape, units * directions)).tolist()}
    if steps is not None:
        call["loss_weights"]["state"] = normal(rng, (states, batch, units)).tolist()
    return call


def answer(module, call, dtype):
    def leaf(array):
        return torch.tensor(array, dtype=dtype, requires_grad=True)

    x = leaf(call["x"])
    state = None if call["initial_state"] is None else leaf(call["initial_state"])
    results = run(module, x, state)
    loss = sum((r * torch.tensor(w, dtype=dtype)).sum()
               for r, w in zip(results, call["loss_weights"].values(), strict=True))  # fmt: skip
    loss.backward()
    grads = {"x": x.grad}
    if state is not None:
        grads["initial_state"] = state.grad
    grads |= {name: weight.grad for name, weight in module.named_parameters()}
    answers = {"output": results[0], "loss": loss}
    if len(results) > 1:
        answers["state"] = results[1]
    arrays = {name: tensor.detach().numpy() for name, tensor in answers.items()}
    return {**arrays, "grads": {name: grad.numpy() for name, grad in grads.items()}}


def make_case(name, options, dtype, given, sizes):
    rng = np.random.default_rng(zlib.crc32(f"torch {name}".encode()))
    kind = getattr(torch, dtype)
    module = make_module(options, sizes[2], kind)
    weights = {n: normal(rng, tuple(w.shape), 0.5) for n, w in module.named_parameters()}
    with torch.no_grad():
        for n, weight in module.named_parameters():
            weight.copy_(torch.tensor(weights[n]))
    call = draw_call(rng, options, given, sizes)
    return {
        "id": f"torch_{name}", "kind": "torch_gru", "system": "torch",
        "version": torch.__version__.split("+")[0], "dtype": dtype,
        "options": {"input_size": sizes[2], **options},
        "weights": {n: w.tolist() for n, w in weights.items()},
        "calls": [{**call, **numbers(answer(module, call, kind), dtype)}],
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder for the cases")
    folder = parser.parse_args().out
    torch.set_num_threads(1)
    for specification in specifications():
        write_case(folder, make_case(*specification))


if __name__ == "__main__":
    main()
