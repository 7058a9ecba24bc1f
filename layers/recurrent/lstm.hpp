/// The long short-term memory layer.
#pragma once

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
class LSTMCell : public StandardCell<T> {
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

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;

 private:
  static constexpr std::size_t i = 0, f = 1, c = 2, o = 3;
  using Gates = std::array<Variable<T>, 4>;

  /// What the gates see: x K + b + h U for each of them.
  Gates merged_products(const Variable<T>& x, const Variable<T>& h, bool training);
  Gates separate_products(const Variable<T>& x, const Variable<T>& h, bool training);

  LSTMCellOptions options_;
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
};

/// `RNN` over `LSTMCell`.
template <Real T = float>
class LSTM : public RNN<T> {
 public:
  explicit LSTM(LSTMOptions options);

  [[nodiscard]] LSTMCell<T>& cell() { return static_cast<LSTMCell<T>&>(RNN<T>::cell()); }

  [[nodiscard]] const LSTMCell<T>& cell() const {
    return static_cast<const LSTMCell<T>&>(RNN<T>::cell());
  }

  [[nodiscard]] std::string type_name() const override { return "LSTM"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<RNN<T>> clone_with(RNNOptions options) const override;

 private:
  LSTMOptions options_;
};

}  // namespace rondo
