#!/usr/bin/env python3
"""Makes parity cases with the GRU operator of ONNX Runtime. It gives no gradients."""

import argparse
import zlib

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

from case_format import chance, normal, numbers, pick, write_case

DTYPE, TYPE = "float32", TensorProto.FLOAT  # the runtime's GRU has no double
OPSET, IR_VERSION = 22, 10


def session(options, has_state, has_lengths):
    """A model of one GRU node; layout 0, as the runtime's CPU kernel has no other."""
    inputs = {"X": TYPE, "W": TYPE, "R": TYPE, "B": TYPE}
    if has_lengths:
        inputs["sequence_lens"] = TensorProto.INT32
    if has_state:
        inputs["initial_h"] = TYPE
    optional = [name if name in inputs else "" for name in ("sequence_lens", "initial_h")]
    node = helper.make_node("GRU", ["X", "W", "R", "B", *optional], ["Y", "Y_h"], **options)
    graph = helper.make_graph(
        [node],
        "gru",
        [helper.make_tensor_value_info(name, kind, None) for name, kind in inputs.items()],
        [helper.make_tensor_value_info(name, TYPE, None) for name in ("Y", "Y_h")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), settings, providers=["CPUExecutionProvider"]
    )


def answer(case):
    call = case["calls"][0]
    feed = {"X": call["x"], **case["weights"]}
    if call["initial_state"] is not None:
        feed["initial_h"] = call["initial_state"]
    feed = {name: np.asarray(array, dtype=DTYPE) for name, array in feed.items()}
    if call["sequence_lens"] is not None:
        feed["sequence_lens"] = np.asarray(call["sequence_lens"], dtype=np.int32)
    run = session(case["options"], "initial_h" in feed, "sequence_lens" in feed)
    output, state = run.run(None, feed)
    return {"output": output, "state": state}


def draw_case(rng, identifier, options, sizes, with_state, with_lengths):
    batch, steps, features = sizes
    units = options["hidden_size"]
    directions = 2 if options.get("direction") == "bidirectional" else 1
    lengths = rng.integers(1, steps + 1, size=batch).tolist() if with_lengths else None
    state = normal(rng, (directions, batch, units), 0.8).tolist() if with_state else None
    case = {
        "id": f"onnx_{identifier}", "kind": "onnx_gru", "system": "onnxruntime",
        "version": onnxruntime.__version__, "dtype": DTYPE, "options": options,
        "weights": {
            "W": normal(rng, (directions, 3 * units, features), 0.5).tolist(),
            "R": normal(rng, (directions, 3 * units, units), 0.5).tolist(),
            "B": normal(rng, (directions, 6 * units), 0.3).tolist(),
        },
        "calls": [{
            "x": normal(rng, (steps, batch, features)).tolist(),
            "initial_state": state,
            "sequence_lens": lengths,
        }],
    }  # fmt: skip
    case["calls"][0].update(numbers(answer(case), DTYPE))
    case["tolerance"] = 3e-6
    return case


def curated():
    """name, options, sizes (batch, steps, features), initial state, sequence lengths given"""
    for before in (0, 1):
        for direction in ("forward", "reverse", "bidirectional"):
            options = {"hidden_size": 3, "linear_before_reset": before, "direction": direction}
            name = f"lbr{before}_{direction}"
            yield name, options, (2, 4, 3), True, False
            yield f"{name}_lengths", options, (3, 5, 2), direction != "forward", True
    yield "defaults", {"hidden_size": 4}, (2, 3, 3), False, False
    yield "ones", {"hidden_size": 1, "linear_before_reset": 1}, (1, 1, 1), False, False


def random_specs(cases, seed):
    for index in range(cases):
        rng = np.random.default_rng([seed, zlib.crc32(b"onnx"), index])
        options = {
            "hidden_size": int(rng.integers(1, 10)),
            "linear_before_reset": int(rng.integers(2)),
            "direction": pick(rng, ["forward", "reverse", "bidirectional"]),
        }
        sizes = tuple(int(rng.integers(1, high)) for high in (6, 9, 7))
        yield f"gru_{seed}_{index:05d}", options, sizes, chance(rng, 0.5), chance(rng, 0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder for the cases")
    parser.add_argument("--cases", type=int, default=100, help="number of random cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--curated", action="store_true", help="the committed set instead")
    arguments = parser.parse_args()
    specs = list(curated() if arguments.curated else random_specs(arguments.cases, arguments.seed))
    for name, *spec in specs:
        rng = np.random.default_rng(zlib.crc32(f"onnx {name}".encode()))
        write_case(arguments.out, draw_case(rng, name, *spec))
    print(f"onnx: {len(specs)} cases")


if __name__ == "__main__":
    main()
