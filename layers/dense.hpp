/// A fully connected layer.
#pragma once

#include "rondo/layers/layer.hpp"

namespace rondo {

struct DenseOptions {
  std::size_t units = 0;
  Activation activation = "linear";
  bool use_bias = true;
  Initializer kernel_initializer = "glorot_uniform";
  Initializer bias_initializer = "zeros";
  Regularizer kernel_regularizer = {};
  Regularizer bias_regularizer = {};
  Regularizer activity_regularizer = {};
  Constraint kernel_constraint = {};
  Constraint bias_constraint = {};
  bool trainable = true;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("units", o.units...);
    visit("activation", o.activation...);
    visit("use_bias", o.use_bias...);
    visit("kernel_initializer", o.kernel_initializer...);
    visit("bias_initializer", o.bias_initializer...);
    visit("kernel_regularizer", o.kernel_regularizer...);
    visit("bias_regularizer", o.bias_regularizer...);
    visit("activity_regularizer", o.activity_regularizer...);
    visit("kernel_constraint", o.kernel_constraint...);
    visit("bias_constraint", o.bias_constraint...);
  }
};

/// y = activation(x kernel + bias)
///
/// | weight | shape      |
/// | kernel | [F, units] |
/// | bias   | [units], if use_bias |
///
/// Inputs [N, .., F], output [N, .., units].
template <Real T = float>
class Dense : public LayerWith<Dense<T>, DenseOptions, Layer<T>> {
 public:
  /// @throws ArgumentError unless units > 0
  explicit Dense(DenseOptions options);  // is an option misspelt? DenseOptions{...} says which

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  /// The activity penalty is divided by the batch.
  [[nodiscard]] bool independent_samples() const override { return !options_.activity_regularizer; }

  [[nodiscard]] std::string type_name() const override { return "Dense"; }

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

 private:
  using Dense::LayerWith::options_;

  Parameter<T>* kernel_ = nullptr;
  Parameter<T>* bias_ = nullptr;
};

}  // namespace rondo
