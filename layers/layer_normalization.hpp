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

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("axis", o.axis...);
    visit("epsilon", o.epsilon...);
    visit("center", o.center...);
    visit("scale", o.scale...);
    visit("beta_initializer", o.beta_initializer...);
    visit("gamma_initializer", o.gamma_initializer...);
    visit("beta_regularizer", o.beta_regularizer...);
    visit("gamma_regularizer", o.gamma_regularizer...);
    visit("beta_constraint", o.beta_constraint...);
    visit("gamma_constraint", o.gamma_constraint...);
  }
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
class LayerNormalization
    : public LayerWith<LayerNormalization<T>, LayerNormalizationOptions, Layer<T>> {
 public:
  /// @throws ArgumentError unless epsilon > 0 and axis names an axis
  explicit LayerNormalization(LayerNormalizationOptions options = {});  // is an option misspelt?

  /// @throws ArgumentError unless axis names the last axes of such samples
  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;

  [[nodiscard]] std::string type_name() const override { return "LayerNormalization"; }

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

 private:
  using LayerNormalization::LayerWith::options_;

  void check_axes(const Shape& sample_shape) const;

  Parameter<T>* gamma_ = nullptr;
  Parameter<T>* beta_ = nullptr;
};

}  // namespace rondo
