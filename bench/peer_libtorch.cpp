// The tape suite in libtorch: the same formulas, op by op.
#include <memory>
#include <torch/torch.h>

#include "rondo/bench/tape_suite.hpp"

namespace rondo::bench {

namespace {

Case one_element_op() {
  const auto x = torch::full({1}, 0.5F).requires_grad_();
  return {"one_element_op", "libtorch", TORCH_VERSION, 1, [x]() mutable {
            x.mutable_grad() = torch::Tensor();
            torch::tanh(x).backward();
          }};
}

struct Cell {
  torch::Tensor kernel, recurrent_kernel, bias, recurrent_bias;

  [[nodiscard]] torch::Tensor step(const torch::Tensor& x, const torch::Tensor& h) const {
    const auto p = torch::addmm(bias, x, kernel).chunk(3, 1);
    const auto q = torch::addmm(recurrent_bias, h, recurrent_kernel).chunk(3, 1);
    const auto z = torch::sigmoid(p[0] + q[0]);
    const auto r = torch::sigmoid(p[1] + q[1]);
    const auto candidate = torch::tanh(p[2] + r * q[2]);
    return z * h + (1 - z) * candidate;
  }

  [[nodiscard]] std::vector<torch::Tensor*> weights() {
    return {&kernel, &recurrent_kernel, &bias, &recurrent_bias};
  }
};

Case composite_gru() {
  const auto cell = std::make_shared<Cell>(Cell{torch::randn({8, 48}) * 0.1,
                                                torch::randn({16, 48}) * 0.1,
                                                torch::zeros({48}),
                                                torch::zeros({48})});
  for (torch::Tensor* weight : cell->weights()) {
    weight->requires_grad_();
  }
  const auto inputs = torch::full({1, 100, 8}, 0.1F);
  return {"composite_gru_1x100x8x16", "libtorch", TORCH_VERSION, 1, [cell, inputs] {
            for (torch::Tensor* weight : cell->weights()) {
              weight->mutable_grad() = torch::Tensor();
            }
            auto h = torch::zeros({1, 16});
            for (int t = 0; t < 100; ++t) {
              h = cell->step(inputs.select(1, t), h);
            }
            h.sum().backward();
          }};
}

}  // namespace

std::vector<Case> libtorch_tape_cases() {
  torch::set_num_threads(1);
  return {one_element_op(), composite_gru()};
}

}  // namespace rondo::bench
