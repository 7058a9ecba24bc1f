#include "rondo/bench/tape_suite.hpp"

#include <memory>

#include "rondo/core/core.hpp"
#include "rondo/layers/layers.hpp"

namespace rondo::bench {

namespace {

/// y = tanh(x) and dy/dx, x a leaf that needs a gradient.
Case one_element_op() {
  const auto tape = std::make_shared<Tape<float>>();
  const auto x = std::make_shared<Parameter<float>>("x", Tensor<float>::full({1}, 0.5F));
  return {"one_element_op", "rondo", RONDO_VERSION, 1, [tape, x] {
            tape->reset();
            tape->backward(tanh(tape->parameter(*x)));
          }};
}

/// The composite cell, unrolled: the last output's sum and all gradients but the input's.
Case composite_gru() {
  struct State {
    Tape<float> tape;
    GRU<float> layer{{.units = 16, .use_fused = UseFused::off}};
    Tensor<float> inputs{Tensor<float>::full({1, 100, 8}, 0.1F)};
    std::vector<Parameter<float>*> weights;
  };

  const auto state = std::make_shared<State>();
  state->layer.build({100, 8}, 1);
  state->weights = state->layer.weights();
  return {"composite_gru_1x100x8x16", "rondo", RONDO_VERSION, 1, [state] {
            state->tape.reset();
            for (Parameter<float>* weight : state->weights) {
              weight->zero_grad();
            }
            const auto output = state->layer(state->tape.borrow(state->inputs.view()));
            state->tape.backward(sum(output));
          }};
}

}  // namespace

std::vector<Case> tape_cases() {
  return {one_element_op(), composite_gru()};
}

}  // namespace rondo::bench
