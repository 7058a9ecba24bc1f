"""TensorFlow Lite: one step of Keras' GRUCell, converted, for each call. Inference only."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from work import THREADS, results_of


def identity():
    return "TF Lite", tf.__version__, THREADS, f"num_threads {THREADS}"


def _model(work):
    cell = keras.layers.GRUCell(work.units)
    cell.build((1, work.features))
    cell.set_weights(work.weights())

    @tf.function(
        input_signature=[
            tf.TensorSpec([1, work.features], tf.float32),
            tf.TensorSpec([1, work.units], tf.float32),
        ]
    )
    def step(x, h):
        return cell(x, h)[0]

    frozen = convert_variables_to_constants_v2(step.get_concrete_function())
    return tf.lite.TFLiteConverter.from_concrete_functions([frozen]).convert()


def prepare(work):
    if work.kind != "stream":
        return None
    interpreter = tf.lite.Interpreter(model_content=_model(work), num_threads=THREADS)
    interpreter.allocate_tensors()
    inputs = {i["name"]: i["index"] for i in interpreter.get_input_details()}
    x, h = inputs["x"], inputs["h"]
    output = interpreter.get_output_details()[0]["index"]
    values = {"x": work.inputs()[:, 0], "h": np.zeros((1, work.units), np.float32)}

    def run():
        interpreter.set_tensor(x, values["x"])
        interpreter.set_tensor(h, values["h"])
        interpreter.invoke()
        values["h"] = interpreter.get_tensor(output)

    return run, lambda: results_of(values["h"], float("nan"))
