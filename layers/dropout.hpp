/// Dropout between layers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rondo/layers/layer.hpp"

namespace rondo {

struct DropoutOptions {
  /// Share of the values that become zero, in [0, 1].
  double rate = -1.0;
  /// Shape of the mask, an entry for each axis of the inputs, the batch included: 1 shares the mask
  /// along the axis, `std::nullopt` is the axis's own size. Empty: every value has a draw of its
  /// own.
  std::vector<std::optional<std::size_t>> noise_shape = {};
  /// Of the masks; by default it follows from the model's seed and the layer's path.
  std::optional<std::uint64_t> seed = std::nullopt;
  std::string name = {};

  template <class Visitor, class... Options>
  static void for_each_option(Visitor visit, Options&... o) {
    visit("rate", o.rate...);
    visit("seed", o.seed...);
    visit("noise_shape", o.noise_shape...);
  }
};

/// While training, y = x · mask / (1 − rate) with masks of zeros and ones (Srivastava et al. 2014);
/// otherwise y = x. A rate of 1 leaves zeros.
template <Real T = float>
class Dropout : public LayerWith<Dropout<T>, DropoutOptions, Layer<T>> {
 public:
  /// @throws ArgumentError unless the rate lies in [0, 1] and every size in noise_shape is positive
  explicit Dropout(DropoutOptions options);  // is an option misspelt?

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  /// A noise_shape may share a mask between samples.
  [[nodiscard]] bool independent_samples() const override {
    return options_.noise_shape.empty() || !options_.noise_shape.front();
  }

  [[nodiscard]] std::string type_name() const override { return "Dropout"; }

 protected:
  void create_weights(const Shape& sample_shape) override;
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;
  void visit_state(StateVisitor<T>& visitor) override;

 private:
  using Dropout::LayerWith::options_;

  [[nodiscard]] Shape mask_shape(const Shape& inputs) const;

  Rng stream_;
};

}  // namespace rondo
