"""JAX: Keras' formulas in a jitted lax.scan; the product of the inputs is computed before the loop."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")
if os.environ.get("BENCH_THREADS", "1") == "1":
    os.environ["XLA_FLAGS"] = (
        os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
    )

import jax
import jax.numpy as jnp

from work import DROPOUT_RATE, THREADS, results_of

KINDS = ("forward_backward", "composite", "train_step", "stream")


def identity():
    jnp.zeros(1).block_until_ready()  # makes the pool
    return "JAX", jax.__version__, _pool_size(), f"NPROC={THREADS}"


def _pool_size():
    """Threads of XLA's pool, counted by their name."""
    names = (f"/proc/self/task/{thread}/comm" for thread in os.listdir("/proc/self/task"))
    return sum(open(name).read().startswith("tf_XLAEigen") for name in names)


def _step(p, h, recurrent, bias, reset_after):
    """p: what the inputs contribute [N, 3·H]; recurrent: one product for each gate if the state has masks."""
    if reset_after:
        q = recurrent(h) + bias[1]
        gates = jax.nn.sigmoid(p[:, : q.shape[1] // 3 * 2] + q[:, : q.shape[1] // 3 * 2])
        z, r = jnp.split(gates, 2, axis=1)
        candidate = jnp.tanh(jnp.split(p, 3, axis=1)[2] + r * jnp.split(q, 3, axis=1)[2])
    else:
        z, r, candidate = jnp.split(p, 3, axis=1)
        gates = recurrent(h, gates=True)
        qz, qr = jnp.split(gates, 2, axis=1)
        z, r = jax.nn.sigmoid(z + qz), jax.nn.sigmoid(r + qr)
        candidate = jnp.tanh(candidate + recurrent(r * h, gates=False))
    return z * h + (1 - z) * candidate


def _dropout(key, shape):
    keep = 1 - DROPOUT_RATE
    return jax.random.bernoulli(key, keep, shape) / keep


def _recurrent_product(work, kernel, key, h_shape):
    units = work.units
    if work.variant == "reset_before":
        return lambda h, gates: h @ (kernel[:, : 2 * units] if gates else kernel[:, 2 * units :])
    if work.variant == "recurrent_dropout":  # one mask for each gate, as Keras draws them
        masks = _dropout(key, (3, *h_shape))
        columns = jnp.split(kernel, 3, axis=1)
        return lambda h: jnp.concatenate([(h * masks[g]) @ columns[g] for g in range(3)], axis=1)
    return lambda h: h @ kernel


def gru(work, weights, x, key, mask=None):
    """[N, H], or [N, S, H] for return_sequences."""
    kernel, recurrent_kernel, bias = weights
    reset_after = work.variant != "reset_before"
    if work.variant == "dropout":
        x = x * _dropout(key, (x.shape[0], 1, x.shape[2]))
    p = x @ kernel + (bias[0] if reset_after else bias)
    h = jnp.zeros((x.shape[0], work.units))
    recurrent = _recurrent_product(work, recurrent_kernel, key, h.shape)

    def step(h, at):
        p, valid = at
        new = _step(p, h, recurrent, bias, reset_after)
        new = new if valid is None else jnp.where(valid[:, None], new, h)
        return new, new if work.variant == "return_sequences" else None

    steps = (p.swapaxes(0, 1), None if mask is None else mask.T)
    last, outputs = jax.lax.scan(step, h, steps, reverse=work.variant == "go_backwards")
    return last if outputs is None else outputs.swapaxes(0, 1)


def _forward_backward(work):
    x = jnp.asarray(work.inputs())
    weights = [jnp.asarray(w) for w in work.weights()]
    mask = jnp.asarray(work.mask()) if work.variant == "mask" else None

    def loss(weights, x, key):
        return jnp.sum(gru(work, weights, x, key, mask))

    run_once = jax.jit(jax.value_and_grad(loss, argnums=(0, 1) if work.input_gradient else (0,)))
    state = {"key": jax.random.PRNGKey(0)}

    def run():
        if work.random:
            state["key"], _ = jax.random.split(state["key"])
        state["out"] = jax.block_until_ready(run_once(weights, x, state["key"]))

    def results():
        value, gradients = state["out"]
        return None if work.random else results_of(value, gradients[0][1])

    return run, results


def _adam(parameters, gradients, moments, step):
    """Keras' Adam."""
    m = jax.tree.map(lambda m, g: m + 0.1 * (g - m), moments[0], gradients)
    v = jax.tree.map(lambda v, g: v + 0.001 * (g * g - v), moments[1], gradients)
    rate = 0.001 * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    new = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), parameters, m, v)
    return new, (m, v)


def _train_step(work):
    x, y = jnp.asarray(work.inputs()), jnp.asarray(work.targets())
    parameters = ([jnp.asarray(w) for w in work.weights()], jnp.ones((work.units, 1)), jnp.zeros(1))

    def loss(parameters):
        weights, kernel, bias = parameters
        return jnp.mean((gru(work, weights, x, None) @ kernel + bias - y) ** 2)

    def update(parameters, moments, step):
        return _adam(parameters, jax.grad(loss)(parameters), moments, step)

    once = jax.jit(update, donate_argnums=(0, 1))
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = {"p": parameters, "m": (zeros, jax.tree.map(jnp.zeros_like, parameters)), "step": 1.0}

    def run():
        state["p"], state["m"] = once(state["p"], state["m"], state["step"])
        jax.block_until_ready(state["p"])
        state["step"] += 1.0

    return run, lambda: None


def _stream(work):
    x = jnp.asarray(work.inputs()[:, 0])
    kernel, recurrent_kernel, bias = (jnp.asarray(w) for w in work.weights())

    def step(x, h):
        return _step(x @ kernel + bias[0], h, lambda h: h @ recurrent_kernel, bias, True)

    once = jax.jit(step)
    state = {"h": jnp.zeros((1, work.units))}

    def run():
        state["h"] = jax.block_until_ready(once(x, state["h"]))

    return run, lambda: results_of(state["h"], float("nan"))


def prepare(work):
    if work.kind not in KINDS:
        return None
    if work.kind == "train_step":
        return _train_step(work)
    return _stream(work) if work.kind == "stream" else _forward_backward(work)
