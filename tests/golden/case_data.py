"""Draws weights, inputs, masks and loss weights that fit the options of a Keras case."""

import numpy as np

from case_format import chance, normal, numbers, pick
from case_options import LOOP_KINDS, acting_rates, cells_of

MASKS = ["none", "random", "right", "empty_row", "leading", "scattered"]


def draw_sizes(rng):
    return {
        "batch": int(rng.integers(1, 6)),
        "steps": int(rng.integers(1, 9)),
        "features": int(rng.integers(1, 7)),
    }


def draw_mask(rng, form, batch, steps):
    """0/1 [batch, steps]."""
    t = np.arange(steps)
    if form in ("right", "leading"):
        lengths = rng.integers(1, steps + 1, size=batch)
        mask = t < lengths[:, None]
        return (mask if form == "right" else mask[:, ::-1]).astype(int)
    mask = rng.random((batch, steps)) < (0.5 if form == "random" else 0.75)
    if form == "empty_row":
        mask[int(rng.integers(batch))] = False
    return mask.astype(int)


def _weights_of(rng, options, features, scale):
    units = options["units"]
    weights = {
        "kernel": normal(rng, (features, 3 * units), scale),
        "recurrent_kernel": normal(rng, (units, 3 * units), scale),
    }
    if options.get("use_bias", True):
        shape = (2, 3 * units) if options.get("reset_after", True) else (3 * units,)
        weights["bias"] = normal(rng, shape, 0.3)
    return {name: array.tolist() for name, array in weights.items()}


def _v1_weights(rng, units, features, scale):
    return {
        "gates/kernel": normal(rng, (features + units, 2 * units), scale).tolist(),
        "gates/bias": normal(rng, (2 * units,), 0.5).tolist(),
        "candidate/kernel": normal(rng, (features + units, units), scale).tolist(),
        "candidate/bias": normal(rng, (units,), 0.5).tolist(),
    }


def draw_weights(rng, case, features, scale):
    options = case["options"]
    if case["kind"].startswith("v1"):
        return _v1_weights(rng, options["num_units"], features, scale)
    if case["kind"] == "stacked":
        result = []
        for cell in options["cells"]:
            result.append(_weights_of(rng, cell, features, scale))
            features = cell["units"]
        return result
    if case["kind"] == "bidirectional":
        halves = ("forward", "backward")
        return {half: _weights_of(rng, options, features, scale) for half in halves}
    return _weights_of(rng, options, features, scale)


def state_sizes(case):
    if case["kind"].startswith("v1"):
        return [case["options"]["num_units"]]
    sizes = [cell["units"] for cell in cells_of(case)]
    return sizes * 2 if case["kind"] == "bidirectional" else sizes


def result_shapes(case, batch, steps):
    """Shapes of what the layer returns: outputs, then states if it returns them."""
    options, kind = case["options"], case["kind"]
    sizes = state_sizes(case)
    if kind not in LOOP_KINDS:
        return [(batch, sizes[0])]
    width = sizes[-1]
    merge_mode = options.get("merge_mode", "concat") if kind == "bidirectional" else "sum"
    if merge_mode == "concat":
        width *= 2
    output = (batch, width)
    if options.get("return_sequences", False):
        output = (steps, batch, width) if options.get("time_major") else (batch, steps, width)
    outputs = [output, output] if merge_mode is None else [output]
    states = [(batch, size) for size in sizes] if options.get("return_state", False) else []
    return outputs + states


def _loss_weights(rng, case, shapes, single):
    """Normal weights; in single precision with a bounded sum, so that the loss itself is well conditioned."""
    count = sum(int(np.prod(shape)) for shape in shapes)
    scale = min(1.0, 12.0 / count) if single else 1.0
    weights = [normal(rng, shape, scale).tolist() for shape in shapes]
    if case["kind"] == "bidirectional":
        return weights
    result = {"output": weights[0]}
    if len(weights) > 1 and chance(rng, 0.8):
        result["state"] = weights[1:] if case["kind"] == "stacked" else weights[1]
    return result


def draw_call(rng, case, sizes, mask_form, with_state):
    """One call without its answers. Sizes: batch, steps and features."""
    batch, steps, features = sizes["batch"], sizes["steps"], sizes["features"]
    kind, time_major = case["kind"], case["options"].get("time_major", False)
    if kind not in LOOP_KINDS:
        x = normal(rng, (batch, features))
    else:
        x = normal(rng, (steps, batch, features) if time_major else (batch, steps, features))
    states = [normal(rng, (batch, size), 0.8).tolist() for size in state_sizes(case)]
    many = kind in ("stacked", "bidirectional")
    call = {"x": x.tolist(), "initial_state": None}
    if with_state or kind not in LOOP_KINDS:
        call["initial_state"] = states if many else states[0]
    if kind in LOOP_KINDS:
        call["mask"] = None
        if mask_form != "none":
            mask = draw_mask(rng, mask_form, batch, steps)
            call["mask"] = (mask.T if time_major else mask).tolist()
    if kind != "gru_losses":
        shapes = result_shapes(case, batch, steps)
        call["loss_weights"] = _loss_weights(rng, case, shapes, case["dtype"] == "float32")
    return call


def draw_dropout_masks(rng, case, sizes):
    """Three masks of each acting rate, the factor 1/(1-p) included."""
    options, acting = case["options"], acting_rates(case)
    rates = {"input": "dropout", "recurrent": "recurrent_dropout"}
    widths = {"input": sizes["features"], "recurrent": options["units"]}
    masks = {}
    for name in acting:
        p = options[rates[name]]
        keep = rng.random((3, sizes["batch"], widths[name])) >= p
        masks[name] = numbers(keep / (1.0 - p), "float64")
    return masks


def draw_calls(rng, case, sizes, masked):
    """As many calls as a stateful layer needs to show its memory; each with its own length."""
    stateful = case["options"].get("stateful", False)
    calls = []
    for index in range(int(rng.integers(2, 4)) if stateful else 1):
        form = pick(rng, MASKS[1:]) if masked and (index == 0 or chance(rng, 0.6)) else "none"
        with_state = chance(rng, 0.3 if stateful else 0.55)
        if index > 0:
            sizes = {**sizes, "steps": int(rng.integers(1, 9))}
        calls.append(draw_call(rng, case, sizes, form, with_state))
    return calls
