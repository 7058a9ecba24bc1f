// Cells that run step by step, as users write them: LSTM, and the minimal gated unit of example 06.
#include <cmath>
#include <memory>
#include <numeric>

#include "rondo/bench/rondo_contestant.hpp"
#include "rondo/core/core.hpp"
#include "rondo/layers/layers.hpp"

namespace rondo::bench {

namespace {

/// f = σ(x K_f + b_f + h U_f),  ĥ = tanh(x K_c + b_c + (f ∘ h) U_c),  h' = h + f ∘ (ĥ − h)
class MinimalGatedCell : public Cell<float> {
 public:
  explicit MinimalGatedCell(std::size_t units) : units_(units) {}

  [[nodiscard]] std::vector<Shape> state_shapes() const override { return {{units_}}; }

  Variable<float> project(const Variable<float>& x, const CallOptions<float>&) override {
    return affine(x, x.tape().parameter(*kernel_), x.tape().parameter(*bias_));
  }

  RecurrentOutput<float> step(const Variable<float>& projected,
                              std::span<const Variable<float>> states,
                              const CallOptions<float>&) override {
    Tape<float>& tape = projected.tape();
    const auto& h = states[0];
    const auto p = parts<2>(projected);
    const auto q = matmul(h, tape.parameter(*gate_));
    const auto kept = fuse([](auto a, auto b, auto s) { return sigmoid(a + b) * s; }, p[0], q, h);
    const auto c = matmul(kept, tape.parameter(*candidate_));
    const auto next = tape.array<Variable<float>>(1);
    next[0] = fuse(
        [](auto pf, auto pc, auto qf, auto qc, auto s) {
          return s + sigmoid(pf + qf) * (tanh(pc + qc) - s);
        },
        p,
        q,
        c,
        h);
    return {next[0], next};
  }

  [[nodiscard]] std::string type_name() const override { return "MinimalGatedCell"; }

  [[nodiscard]] std::unique_ptr<Layer<float>> clone() const override {
    return std::make_unique<MinimalGatedCell>(units_);
  }

 protected:
  void create_weights(const Shape& sample) override {
    kernel_ = &add_weight({.name = "kernel", .shape = {sample[0], 2 * units_}});
    bias_ = &add_weight({.name = "bias", .shape = {2 * units_}, .initializer = "zeros"});
    gate_ = &add_weight({.name = "gate", .shape = {units_, units_}});
    candidate_ = &add_weight({.name = "candidate", .shape = {units_, units_}});
  }

 private:
  std::size_t units_;
  Parameter<float>*kernel_ = nullptr, *bias_ = nullptr;
  Parameter<float>*gate_ = nullptr, *candidate_ = nullptr;
};

/// Forward in training mode and backward from the sum of the last output.
struct State {
  explicit State(const Work& work) {
    const auto [batch, steps, features, units] = work.shape;
    if (work.kind == "composite_lstm") {
      layer = std::make_unique<LSTM<float>>(LSTMOptions{.units = units});
    } else {
      layer = std::make_unique<RNN<float>>(MinimalGatedCell(units));
    }
    layer->build({steps, features}, 1);
    weights = layer->weights();
    for (Parameter<float>* const weight : weights) {
      const Shape shape = weight->shape();
      const double scale = shape.rank() == 1 ? 0.1 : 1 / std::sqrt(static_cast<double>(shape[0]));
      weight->assign({values(shape.size(), salt_kernel, scale).data(), shape});
    }
    inputs = Tensor<float>::from_values({batch, steps, features},
                                        values(batch * steps * features, salt_inputs, 1.0));
  }

  void run() {
    tape.reset();
    for (Parameter<float>* const weight : weights) {
      weight->zero_grad();
    }
    const auto total = sum((*layer)(tape.borrow(inputs.view()), {.training = true}));
    tape.backward(total);
    result = static_cast<double>(total.item());
  }

  [[nodiscard]] double gradient() const {
    const auto g = weights[1]->grad();
    return std::inner_product(g.begin(), g.end(), g.begin(), 0.0);
  }

  std::unique_ptr<RNN<float>> layer;
  Tape<float> tape;
  Tensor<float> inputs{Shape{}};
  std::vector<Parameter<float>*> weights;
  double result = 0.0;
};

}  // namespace

Prepared prepare_cells(const Work& work) {
  if (work.kind != "composite_lstm" && work.kind != "composite_mgu") {
    return {};
  }
  const auto state = std::make_shared<State>(work);
  return {.run = [state] { state->run(); },
          .results =
              [state] {
                return Results{state->result, state->gradient()};
              }};
}

}  // namespace rondo::bench
