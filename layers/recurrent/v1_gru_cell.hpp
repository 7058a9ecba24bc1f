/// The GRU cell of TensorFlow 1.
#pragma once

#include "rondo/layers/recurrent/formula.hpp"
#include "rondo/layers/recurrent/v1_cell.hpp"
#include "rondo/layers/recurrent/variable_store.hpp"

namespace rondo {

/// The arguments of tf.compat.v1.nn.rnn_cell.GRUCell in their order, then what came from around it.
struct V1GRUCellOptions {
  std::size_t num_units = 0;
  /// Of the candidate; none is tanh, not linear.
  Activation activation = {};
  /// With `variables`: true takes the variables of this path that another cell has made; otherwise
  /// there must be none yet.
  std::optional<bool> reuse = {};
  /// Of both kernels; none is Glorot uniform, each over its whole matrix.
  Initializer kernel_initializer = {};
  /// Of both biases; none is 1 for the gates and 0 for the candidate.
  Initializer bias_initializer = {};
  std::string name = {};
  /// Empty, or the name of the cell's element type.
  std::string dtype = {};
  bool trainable = true;
  /// Of each output, divided by the batch.
  Regularizer activity_regularizer = {};
  /// The variable scope's: of all four variables. A cell that reuses them adds none.
  Regularizer regularizer = {};
  /// Where the variables live; without one the cell has its own.
  VariableStore* variables = nullptr;

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("num_units", o.num_units...);
    visit("activation", o.activation...);
    visit("reuse", o.reuse...);
    visit("kernel_initializer", o.kernel_initializer...);
    visit("bias_initializer", o.bias_initializer...);
    visit("activity_regularizer", o.activity_regularizer...);
    visit("regularizer", o.regularizer...);
  }
};

/// Cho et al. 2014 (arXiv:1406.1078), reset gate before the product; gates are always logistic.
///
///   r, z = σ([x, h] gates_kernel + gates_bias)
///   c    = φ([x, r ∘ h] candidate_kernel + candidate_bias)
///   h'   = z ∘ h + (1 − z) ∘ c
///
/// | variable         | shape                                               |
/// | gates/kernel     | [F + units, 2·units], rows x, h, columns r, z       |
/// | gates/bias       | [2·units]                                           |
/// | candidate/kernel | [F + units, units]                                  |
/// | candidate/bias   | [units]                                             |
///
/// `to_v1` and `from_v1` convert to and from Keras' layout. GRUBlockCell has the same variables as
/// w_ru, b_ru, w_c, b_c.
template <Real T = float>
class V1GRUCell : public LayerWith<V1GRUCell<T>, V1GRUCellOptions, V1Cell<T>> {
 public:
  /// @throws ArgumentError for num_units = 0, another dtype, and reuse = true without `variables`
  explicit V1GRUCell(V1GRUCellOptions options);  // is an option misspelt?

  [[nodiscard]] std::vector<Shape> state_shapes() const override { return {{options_.num_units}}; }

  RecurrentOutput<T> step(const Variable<T>& inputs,
                          std::span<const Variable<T>> states,
                          const CallOptions<T>& options) override;

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  [[nodiscard]] bool independent_samples() const override { return !options_.activity_regularizer; }

  [[nodiscard]] std::string type_name() const override { return "V1GRUCell"; }

 protected:
  /// @throws ArgumentError if the variables exist and are not to be reused, or the reverse
  void create_weights(const Shape& sample_shape) override;

 private:
  using V1GRUCell::LayerWith::options_;

  using Specs = std::array<WeightSpec<T>, 4>;

  void check_sample(const Shape& sample_shape) const;
  [[nodiscard]] Specs variable_specs(std::size_t features) const;
  void check_scope(const Specs& specs) const;

  template <class X>
  X next_state(X z, X c, X h) const;

  std::array<Parameter<T>*, 4> variables_{};
  Formula next_state_;
};

}  // namespace rondo
