/// Normalises each sample (each step of a sequence) over its features.
#pragma once

#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo {

struct LayerNormalizationOptions {
  /// Which axes of the inputs are normalised, the batch counted as 0: the last one, or several up
  /// to the last one.
  std::vector<int> axis = {-1};
  /// Added to the variance.
  double epsilon = 1e-3;
  /// Adds beta.
  bool center = true;
  /// Multiplies by gamma.
  bool scale = true;
  Initializer beta_initializer = "zeros";
  Initializer gamma_initializer = "ones";
  Regularizer beta_regularizer = {};
  Regularizer gamma_regularizer = {};
  Constraint beta_constraint = {};
  Constraint gamma_constraint = {};
  bool trainable = true;
  std::string name = {};
};

/// y = gamma (x − mean) / sqrt(variance + epsilon) + beta, see core/ops_normalization.hpp.
///
/// | weight | shape                     |
/// | gamma  | [normalised axes], if scale  |
/// | beta   | [normalised axes], if center |
///
/// Inputs [N, .., F], output the same. A mask passes unchanged; masked steps are normalised like
/// the others, which touches nothing else, since each step is a row of its own.
template <Real T = float>
class LayerNormalization : public Layer<T> {
 public:
  /// @throws ArgumentError unless epsilon > 0 and axis names an axis
  explicit LayerNormalization(LayerNormalizationOptions options = {});  // is an option misspelt?

  /// @throws ArgumentError unless axis names the last axes of such samples
  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  [[nodiscard]] std::string type_name() const override { return "LayerNormalization"; }

  [[nodiscard]] Config config() const override;
  [[nodiscard]] std::unique_ptr<Layer<T>> clone() const override;

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

 private:
  void check_axes(const Shape& sample_shape) const;

  LayerNormalizationOptions options_;
  Parameter<T>* gamma_ = nullptr;
  Parameter<T>* beta_ = nullptr;
};

}  // namespace rondo
