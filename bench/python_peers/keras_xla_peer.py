"""Keras 3 on TensorFlow, compiled by XLA."""

import os

if os.environ.get("BENCH_THREADS", "1") == "1":
    os.environ["XLA_FLAGS"] = (
        os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
    )

import keras_peer


def identity():
    return keras_peer.identity(xla=True)


def prepare(work):
    return keras_peer.prepare(work, xla=True)
