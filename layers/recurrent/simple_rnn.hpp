/// The plain recurrent layer: the output is the next state.
#pragma once

#include "rondo/layers/recurrent/formula.hpp"
#include "rondo/layers/recurrent/rnn.hpp"
#include "rondo/layers/recurrent/standard_cell.hpp"

namespace rondo {

/// Members as in GRUCellOptions.
struct SimpleRNNCellOptions {
  std::size_t units = 0;
  Activation activation = "tanh";
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  std::optional<std::uint64_t> seed = {};
  /// keras3 or keras2; the others are refused.
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    for_each_cell_option(visit, o...);
  }
};

/// Elman 1990, "Finding structure in time".
///
///   h' = φ(x K + b + h U)
///
/// | weight             | shape                |
/// | kernel K           | [F, units]           |
/// | recurrent_kernel U | [units, units]       |
/// | bias b             | [units], if use_bias |
template <Real T = float>
class SimpleRNNCell : public LayerWith<SimpleRNNCell<T>, SimpleRNNCellOptions, StandardCell<T>> {
 public:
  /// @param op  who is named in errors
  /// @throws ArgumentError for options out of range
  explicit SimpleRNNCell(SimpleRNNCellOptions options, const std::string& op = "SimpleRNNCell");

  [[nodiscard]] std::vector<Shape> state_shapes() const override { return {{options_.units}}; }

  RecurrentOutput<T> step(const Variable<T>& inputs,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override;

  [[nodiscard]] std::string type_name() const override { return "SimpleRNNCell"; }

 protected:
  void create_weights(const Shape& sample_shape) override;

 private:
  using SimpleRNNCell::LayerWith::options_;

  Formula state_;
};

/// What concerns one step is documented in GRUCellOptions, what concerns the loop in RNNOptions.
struct SimpleRNNOptions {
  std::size_t units = 0;
  Activation activation = "tanh";
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  std::optional<std::uint64_t> seed = {};
  bool return_sequences = false;
  bool return_state = false;
  bool go_backwards = false;
  bool stateful = false;
  bool unroll = false;
  bool time_major = false;
  bool zero_output_for_mask = false;
  std::optional<MaskedOutput> masked_output = {};
  std::optional<bool> prefer_stored_state = {};
  bool propagate_mask = true;
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    SimpleRNNCellOptions::for_each_option(visit, o...);
    RNNOptions::for_each_option(visit, o...);
  }
};

/// `RNN` over `SimpleRNNCell`.
template <Real T = float>
class SimpleRNN : public RNNWith<SimpleRNN<T>, SimpleRNNOptions, SimpleRNNCell<T>> {
 public:
  /// @throws ArgumentError for options out of range
  explicit SimpleRNN(SimpleRNNOptions options);  // is an option misspelt?

  [[nodiscard]] std::string type_name() const override { return "SimpleRNN"; }
};

}  // namespace rondo
