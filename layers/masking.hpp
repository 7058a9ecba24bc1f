/// Tells the layers behind which steps hold no values.
#pragma once

#include "rondo/layers/layer.hpp"

namespace rondo {

struct MaskingOptions {
  /// A step is masked if all its features equal this; finite.
  double mask_value = 0.0;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("mask_value", o.mask_value...);
  }
};

/// y = x, but 0 at masked steps. Inputs and output [N, .., F], mask [N, ..]. An incoming mask is
/// replaced, not combined.
template <Real T = float>
class Masking : public LayerWith<Masking<T>, MaskingOptions, Layer<T>> {
 public:
  /// @throws ArgumentError unless mask_value is finite
  explicit Masking(MaskingOptions options = {});  // is an option misspelt?

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override;
  [[nodiscard]] TensorView<const bool> compute_mask(const Variable<T>& inputs,
                                                    TensorView<const bool> mask) const override;

  [[nodiscard]] std::string type_name() const override { return "Masking"; }

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

 private:
  using Masking::LayerWith::options_;
};

}  // namespace rondo
