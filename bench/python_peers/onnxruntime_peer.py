"""ONNX Runtime: one step of its GRU operator for each call, the state handed on. Inference only."""

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from work import THREADS, results_of


def identity():
    return "ONNX Runtime", onnxruntime.__version__, THREADS, f"intra_op_num_threads {THREADS}"


def _model(work):
    kernel, recurrent_kernel, bias = work.weights()
    constants = {
        "W": kernel.T[None],
        "R": recurrent_kernel.T[None],
        "B": bias.reshape(1, -1),
    }
    node = helper.make_node(
        "GRU",
        ["x", "W", "R", "B", "", "h"],
        ["", "next"],
        hidden_size=work.units,
        linear_before_reset=1,
    )
    graph = helper.make_graph(
        [node],
        "step",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, work.features]),
            helper.make_tensor_value_info("h", TensorProto.FLOAT, [1, 1, work.units]),
        ],
        [helper.make_tensor_value_info("next", TensorProto.FLOAT, [1, 1, work.units])],
        [onnx.numpy_helper.from_array(np.ascontiguousarray(v), k) for k, v in constants.items()],
    )
    opset = [helper.make_opsetid("", 14)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def prepare(work):
    if work.kind != "stream":
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(_model(work), options, ["CPUExecutionProvider"])
    values = {"x": work.inputs(), "h": np.zeros((1, 1, work.units), np.float32)}

    def run():
        values["h"] = session.run(None, values)[0]

    return run, lambda: results_of(values["h"], float("nan"))
