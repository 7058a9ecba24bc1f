/// Cells whose results can be worked out in the head, and which report what happens to them.
#pragma once

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/gru.hpp"

namespace rondo::test {

/// Two states of size 1, the sum of the inputs [N, 1] and the number of steps; the output is 10 ·
/// sum.
template <Real T>
class SumCell : public Cell<T> {
 public:
  std::vector<Shape> state_shapes() const override { return {{1}, {1}}; }

  RecurrentOutput<T> step(const Variable<T>& x,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>&) override {
    const auto next = x.tape().template array<Variable<T>>(2);
    next[0] = states[0] + x;
    next[1] = states[1] + T{1};
    return {next[0] * T{10}, next};
  }

  std::string type_name() const override { return "SumCell"; }

  std::unique_ptr<Layer<T>> clone() const override { return std::make_unique<SumCell>(); }
};

/// A GRU cell that keeps the dropout masks of every step, and can be told to fail in one of them.
template <Real T>
class ProbingCell : public Cell<T> {
 public:
  explicit ProbingCell(GRUCellOptions options)
      : options_(std::move(options)), gru_(this->add_child(GRUCell<T>(options_))) {}

  std::vector<std::string> events = {};  // "step" and "reset" in their order
  std::vector<std::vector<double>> input_masks = {};
  std::vector<std::vector<double>> recurrent_masks = {};
  std::size_t fail_in_step = 1000;

  std::vector<Shape> state_shapes() const override { return gru_.state_shapes(); }

  RecurrentOutput<T> step(const Variable<T>& x,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override {
    if (input_masks.size() == fail_in_step) {
      throw StateError("told to fail");
    }
    events.emplace_back("step");
    CallOptions<T> own = options;
    own.initial_state = states;
    const auto result = gru_.run(x, own);
    input_masks.push_back(entries(gru_.get_dropout_mask_for_cell(x.value(), options.training, 3)));
    recurrent_masks.push_back(
        entries(gru_.get_recurrent_dropout_mask_for_cell(states[0].value(), options.training, 3)));
    return result;
  }

  void reset_masks() override {
    events.emplace_back("reset");
    gru_.reset_masks();
  }

  std::string type_name() const override { return "ProbingCell"; }

  std::unique_ptr<Layer<T>> clone() const override {
    return std::make_unique<ProbingCell>(options_);
  }

 protected:
  void create_weights(const Shape& sample_shape) override { this->build_child(gru_, sample_shape); }

 private:
  static std::vector<double> entries(std::span<const TensorView<const T>> masks) {
    std::vector<double> result;
    for (const auto& mask : masks) {
      result.insert(result.end(), mask.begin(), mask.end());
    }
    return result;
  }

  GRUCellOptions options_;
  GRUCell<T>& gru_;
};

template <Real T>
ProbingCell<T>& probe(RNN<T>& rnn) {
  return static_cast<ProbingCell<T>&>(rnn.cell());
}

}  // namespace rondo::test
