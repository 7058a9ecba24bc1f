"""Keras 3 on TensorFlow: the layer GRU in a tf.function."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import tensorflow as tf

tf.get_logger().setLevel("ERROR")

import keras

from work import DROPOUT_RATE, THREADS, results_of

tf.config.threading.set_intra_op_parallelism_threads(THREADS)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)

KINDS = ("forward_backward", "train_step")


def identity(xla=False):
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    return (
        "Keras" + (" (XLA)" if xla else ""),
        keras.__version__,
        threads,
        f"TensorFlow {tf.__version__}, intra_op = inter_op = {threads}",
    )


def _layer(work):
    layer = keras.layers.GRU(
        work.units,
        dropout=DROPOUT_RATE if work.variant == "dropout" else 0.0,
        recurrent_dropout=DROPOUT_RATE if work.variant == "recurrent_dropout" else 0.0,
        reset_after=work.variant != "reset_before",
        go_backwards=work.variant == "go_backwards",
        return_sequences=work.variant == "return_sequences",
    )
    layer.build((work.batch, work.steps, work.features))
    layer.set_weights(work.weights())
    return layer


def _forward_backward(work, xla):
    layer = _layer(work)
    x = tf.constant(work.inputs())
    mask = tf.constant(work.mask()) if work.variant == "mask" else None

    @tf.function(jit_compile=xla)
    def once():
        with tf.GradientTape() as tape:
            if work.input_gradient:
                tape.watch(x)
            total = tf.reduce_sum(layer(x, training=True, mask=mask))
        variables = [weight.value for weight in layer.trainable_weights]
        return total, tape.gradient(total, variables + ([x] if work.input_gradient else []))

    state = {}

    def run():
        state["out"] = once()

    def results():
        return None if work.random else results_of(state["out"][0], state["out"][1][1])

    return run, results


def _train_step(work, xla):
    layer, dense = _layer(work), keras.layers.Dense(1)
    dense.build((work.batch, work.units))
    x, y = tf.constant(work.inputs()), tf.constant(work.targets())
    weights = layer.trainable_weights + dense.trainable_weights
    optimizer = keras.optimizers.Adam()
    optimizer.build(weights)

    @tf.function(jit_compile=xla)
    def once():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((dense(layer(x, training=True)) - y) ** 2)
        optimizer.apply(tape.gradient(loss, [weight.value for weight in weights]), weights)
        return loss

    return (lambda: once().numpy()), lambda: None


def prepare(work, xla=False):
    if work.kind not in KINDS:
        return None
    return _train_step(work, xla) if work.kind == "train_step" else _forward_backward(work, xla)
