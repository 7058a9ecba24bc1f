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
};

/// y = activation(x kernel + bias)
///
/// | weight | shape      |
/// | kernel | [F, units] |
/// | bias   | [units], if use_bias |
///
/// Inputs [N, .., F], output [N, .., units].
template <Real T = float>
class Dense : public Layer<T> {
 public:
  /// @throws ArgumentError unless units > 0
  explicit Dense(DenseOptions options);  // is an option misspelt? DenseOptions{...} says which

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  [[nodiscard]] const DenseOptions& options() const { return options_; }

  /// The activity penalty is divided by the batch.
  [[nodiscard]] bool independent_samples() const override { return !options_.activity_regularizer; }

  [[nodiscard]] std::string type_name() const override { return "Dense"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

 private:
  DenseOptions options_;
  Parameter<T>* kernel_ = nullptr;
  Parameter<T>* bias_ = nullptr;
};

}  // namespace rondo
