"""PyTorch: torch.nn.GRU, which has neither recurrent dropout nor the reset before the product. Samples
of different lengths are its packed sequences; dropout of the inputs is a mask over the features."""

import torch

from work import DROPOUT_RATE, THREADS, results_of

torch.set_num_threads(THREADS)

VARIANTS = ("", "mask", "dropout", "go_backwards", "return_sequences")


def identity():
    remark = f"at::get_num_threads {torch.get_num_threads()}, {torch.backends.cpu.get_cpu_capability()}"
    return "PyTorch", torch.__version__, torch.get_num_threads(), remark


def _reordered(array):
    """Gates z, r, n → r, z, n, one row for each column."""
    z, r, n = torch.from_numpy(array.T.copy()).chunk(3)
    return torch.cat([r, z, n])


def _set_weights(gru, work):
    kernel, recurrent_kernel, bias = work.weights()
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    with torch.no_grad():
        for name, array in zip(names, (kernel, recurrent_kernel, bias[0], bias[1])):
            getattr(gru, name).copy_(_reordered(array))


def _gru(work):
    gru = torch.nn.GRU(work.features, work.units, batch_first=True)
    _set_weights(gru, work)
    return gru


def _inputs_of(work, x, lengths):
    if work.variant == "dropout":
        mask = torch.nn.functional.dropout(torch.ones(x.shape[0], 1, x.shape[2]), DROPOUT_RATE)
        return x * mask
    if work.variant == "go_backwards":
        return x.flip(1)
    if work.variant == "mask":
        return torch.nn.utils.rnn.pack_padded_sequence(x, lengths, True, enforce_sorted=False)
    return x


def _forward_backward(work):
    gru = _gru(work)
    x = torch.from_numpy(work.inputs()).requires_grad_(work.input_gradient)
    lengths = torch.from_numpy(work.lengths())
    state = {}

    def run():
        gru.zero_grad(set_to_none=True)
        x.grad = None
        outputs, last = gru(_inputs_of(work, x, lengths))
        total = (outputs if work.variant == "return_sequences" else last).sum()
        total.backward()
        state["total"] = total

    def results():
        gradient = gru.weight_hh_l0.grad
        return None if work.random else results_of(state["total"].detach(), gradient)

    return run, results


def _train_step(work):
    gru, dense = _gru(work), torch.nn.Linear(work.units, 1)
    x, y = torch.from_numpy(work.inputs()), torch.from_numpy(work.targets())
    optimizer = torch.optim.Adam([*gru.parameters(), *dense.parameters()], fused=True)

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.mse_loss(dense(gru(x)[1][0]), y)
        loss.backward()
        optimizer.step()

    return run, lambda: None


def _stream(work):
    gru = _gru(work)
    x = torch.from_numpy(work.inputs()[:, 0])
    weights = [weight.detach() for weight in gru.parameters()]
    state = {"h": torch.zeros(1, work.units)}

    def run():
        with torch.inference_mode():
            state["h"] = torch.gru_cell(x, state["h"], *weights)

    return run, lambda: results_of(state["h"], float("nan"))


def prepare(work):
    if work.kind == "train_step":
        return _train_step(work)
    if work.kind == "stream":
        return _stream(work)
    if work.kind == "forward_backward" and work.variant in VARIANTS:
        return _forward_backward(work)
    return None
