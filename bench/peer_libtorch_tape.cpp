// What recording an op costs in libtorch: the same formulas as rondo's composite cell, op by op.
#include <memory>

#include <torch/torch.h>

#include "rondo/bench/peer_libtorch.hpp"

namespace rondo::bench {

namespace {

Prepared one_element_op() {
  const auto x = torch::full({1}, 0.5F).requires_grad_();
  return {[x]() mutable {
    x.mutable_grad() = torch::Tensor();
    torch::tanh(x).backward();
  }};
}

torch::Tensor tensor(const std::vector<float>& values, at::IntArrayRef sizes) {
  return torch::tensor(values).reshape(sizes);
}

struct Composite {
  explicit Composite(const GruShape& s)
      : units(static_cast<std::int64_t>(s.units)),
        batch(static_cast<std::int64_t>(s.batch)),
        steps(static_cast<std::int64_t>(s.steps)) {
    const auto features = static_cast<std::int64_t>(s.features);
    const GruValues v = gru_values(s);
    inputs = tensor(v.inputs, {batch, steps, features});
    kernel = tensor(v.kernel, {features, 3 * units});
    recurrent_kernel = tensor(v.recurrent_kernel, {units, 3 * units});
    bias = tensor(v.bias, {2, 3 * units});
    for (torch::Tensor* const weight : weights()) {
      weight->requires_grad_();
    }
  }

  [[nodiscard]] torch::Tensor step(const torch::Tensor& x, const torch::Tensor& h) const {
    const auto p = torch::addmm(bias.select(0, 0), x, kernel).chunk(3, 1);
    const auto q = torch::addmm(bias.select(0, 1), h, recurrent_kernel).chunk(3, 1);
    const auto z = torch::sigmoid(p[0] + q[0]);
    const auto r = torch::sigmoid(p[1] + q[1]);
    const auto candidate = torch::tanh(p[2] + r * q[2]);
    return z * h + (1 - z) * candidate;
  }

  void run() {
    for (torch::Tensor* const weight : weights()) {
      weight->mutable_grad() = torch::Tensor();
    }
    auto h = torch::zeros({batch, units});
    for (std::int64_t t = 0; t < steps; ++t) {
      h = step(inputs.select(1, t), h);
    }
    total = h.sum();
    total.backward();
  }

  [[nodiscard]] std::array<torch::Tensor*, 3> weights() {
    return {&kernel, &recurrent_kernel, &bias};
  }

  std::int64_t units, batch, steps;
  torch::Tensor inputs, kernel, recurrent_kernel, bias, total;
};

}  // namespace

Prepared prepare_libtorch_tape(const Work& work) {
  if (work.kind == "one_element_op") {
    return one_element_op();
  }
  if (work.kind != "composite" && work.kind != "composite_gru") {
    return {};
  }
  const auto program = std::make_shared<Composite>(work.shape);
  return {[program] { program->run(); },
          [program] {
            return Results{program->total.item<double>(),
                           program->recurrent_kernel.grad().square().sum().item<double>()};
          }};
}

}  // namespace rondo::bench
