#!/usr/bin/env python3
"""Makes the committed parity cases of ONNX' GRU with ONNX Runtime (float32)."""

import argparse
import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from case_format import normal, numbers, write_case

DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}


def specifications():
    """name, options, lengths of the samples, initial state given, sizes (batch, steps, features)"""
    for direction in DIRECTIONS:
        for lbr in (0, 1):
            options = {"hidden_size": 3, "linear_before_reset": lbr, "direction": direction}
            for lengths, given in ((None, True), ([4, 2], lbr == 0), ([1, 3], lbr == 1)):
                name = f"{direction}_lbr{lbr}_{'whole' if lengths is None else f'length{lengths[0]}'}"
                yield name, options, lengths, given, (2, 4, 3)
    yield "defaults", {"hidden_size": 4}, None, False, (3, 5, 2)
    yield "one", {"hidden_size": 1, "linear_before_reset": 1}, None, True, (1, 1, 1)
    yield "no_bias", {"hidden_size": 2, "use_b": False}, None, True, (2, 3, 3)
    yield "activations", {"hidden_size": 3, "activations": ["Sigmoid", "Softsign"],
                          "linear_before_reset": 1}, [3, 1], True, (2, 3, 2)  # fmt: skip
    yield "activations_both", {"hidden_size": 2, "direction": "bidirectional",
                               "activations": ["Sigmoid", "Tanh", "Tanh", "Relu"]}, None, True, (2, 3, 2)  # fmt: skip


def make_session(attributes, weights, names):
    """A model of one node; weights are constants, what is in names are inputs."""
    inputs = ["x", "W", "R", "B" if "B" in weights else ""]
    inputs += [name if name in names else "" for name in ("sequence_lens", "initial_h")]
    node = helper.make_node("GRU", inputs, ["Y", "Y_h"], **attributes)

    def value(name):
        kind = TensorProto.INT32 if name == "sequence_lens" else TensorProto.FLOAT
        return helper.make_tensor_value_info(name, kind, None)

    constants = [onnx.numpy_helper.from_array(w, n) for n, w in weights.items()]
    graph = helper.make_graph([node], "gru", [value(n) for n in ("x", *names)],
                              [value("Y"), value("Y_h")], constants)  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def make_case(name, options, lengths, given, sizes):
    rng = np.random.default_rng(zlib.crc32(f"onnx {name}".encode()))
    batch, steps, features = sizes
    options = dict(options)
    with_bias = options.pop("use_b", True)
    units, dirs = options["hidden_size"], DIRECTIONS[options.get("direction", "forward")]
    weights = {
        "W": normal(rng, (dirs, 3 * units, features), 0.5).astype(np.float32),
        "R": normal(rng, (dirs, 3 * units, units), 0.5).astype(np.float32),
    }
    if with_bias:
        weights["B"] = normal(rng, (dirs, 6 * units), 0.3).astype(np.float32)
    feed = {"x": normal(rng, (steps, batch, features)).astype(np.float32)}
    if lengths is not None:
        feed["sequence_lens"] = np.array(lengths, dtype=np.int32)
    if given:
        feed["initial_h"] = normal(rng, (dirs, batch, units), 0.8).astype(np.float32)
    session = make_session(options, weights, [n for n in feed if n != "x"])
    output, state = session.run(None, feed)
    call = {
        "x": feed["x"], "initial_state": feed.get("initial_h"), "output": output, "state": state,
    }  # fmt: skip
    return {
        "id": f"onnx_{name}", "kind": "onnx_gru", "system": "onnxruntime",
        "version": onnxruntime.__version__, "dtype": "float32", "options": options,
        "weights": numbers(weights, "float32"),
        "calls": [{**numbers(call, "float32"), "sequence_lens": lengths}],
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder for the cases")
    folder = parser.parse_args().out
    for specification in specifications():
        write_case(folder, make_case(*specification))


if __name__ == "__main__":
    main()
