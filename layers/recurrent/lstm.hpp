/// The long short-term memory layer.
#pragma once

#include "rondo/layers/recurrent/formula.hpp"
#include "rondo/layers/recurrent/rnn.hpp"
#include "rondo/layers/recurrent/standard_cell.hpp"

namespace rondo {

/// Members as in GRUCellOptions.
struct LSTMCellOptions {
  std::size_t units = 0;
  Activation activation = "tanh";
  Activation recurrent_activation = "sigmoid";
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  /// The forget gate starts with a bias of 1 (Jozefowicz et al. 2015).
  bool unit_forget_bias = true;
  Regularizer kernel_regularizer = {};
  Regularizer recurrent_regularizer = {};
  Regularizer bias_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint recurrent_constraint = {};
  Constraint bias_constraint = {};
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  std::optional<std::uint64_t> seed = {};
  std::optional<int> implementation = {};
  bool per_step_input_dropout = false;
  /// keras3 or keras2; the others are refused.
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    for_each_cell_option(visit, o...);
    visit("recurrent_activation", o.recurrent_activation...);
    visit("unit_forget_bias", o.unit_forget_bias...);
    visit("implementation", o.implementation...);
    visit("per_step_input_dropout", o.per_step_input_dropout...);
  }
};

/// Hochreiter and Schmidhuber 1997, with forget gate (Gers et al. 2000); states h and c.
///
///   i, f, o = ρ(x K + b + h U)     blocks of columns i, f, c, o
///   c' = f ∘ c + i ∘ φ(x K_c + b_c + h U_c)
///   h' = o ∘ φ(c')
///
/// | weight             | shape, columns in the order i, f, c, o |
/// | kernel K           | [F, 4·units]                           |
/// | recurrent_kernel U | [units, 4·units]                       |
/// | bias b             | [4·units], if use_bias                 |
template <Real T = float>
class LSTMCell : public LayerWith<LSTMCell<T>, LSTMCellOptions, StandardCell<T>> {
 public:
  /// @param op  who is named in errors
  /// @throws ArgumentError for options out of range
  explicit LSTMCell(LSTMCellOptions options, const std::string& op = "LSTMCell");

  [[nodiscard]] std::vector<Shape> state_shapes() const override {
    return {{options_.units}, {options_.units}};
  }

  RecurrentOutput<T> step(const Variable<T>& inputs,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override;

  [[nodiscard]] std::string type_name() const override { return "LSTMCell"; }

 protected:
  void create_weights(const Shape& sample_shape) override;

 private:
  using LSTMCell::LayerWith::options_;

  /// c' of the inputs' share of the gates i, f and c, the state's share of them, and c.
  template <class X>
  X next_memory(X pi, X pf, X pc, X qi, X qf, X qc, X c) const;

  /// h' of both shares of the gate o, and c'.
  template <class X>
  X next_state(X po, X qo, X c) const;

  Formula memory_;
  Formula state_;
};

/// What concerns one step is documented in GRUCellOptions, what concerns the loop in RNNOptions.
struct LSTMOptions {
  std::size_t units = 0;
  Activation activation = "tanh";
  Activation recurrent_activation = "sigmoid";
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer recurrent_initializer = "orthogonal";
  Initializer bias_initializer = "zeros";
  bool unit_forget_bias = true;
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
  std::optional<int> implementation = {};
  bool zero_output_for_mask = false;
  std::optional<MaskedOutput> masked_output = {};
  std::optional<bool> prefer_stored_state = {};
  bool propagate_mask = true;
  /// As in GRUOptions; here too tf-keras drops the whole sequence if cuDNN could run the layer.
  std::optional<bool> per_step_input_dropout = {};
  Compat compat = Compat::keras3;
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    LSTMCellOptions::for_each_option(visit, o...);
    RNNOptions::for_each_option(visit, o...);
  }
};

/// `RNN` over `LSTMCell`.
template <Real T = float>
class LSTM : public RNNWith<LSTM<T>, LSTMOptions, LSTMCell<T>> {
 public:
  /// @throws ArgumentError for options out of range
  explicit LSTM(LSTMOptions options);  // is an option misspelt? LSTMOptions{...} says which

  [[nodiscard]] std::string type_name() const override { return "LSTM"; }
};

}  // namespace rondo
