/// The first layer of a model: says what its inputs are.
#pragma once

#include "rondo/layers/layer.hpp"

namespace rondo {

struct InputOptions {
  /// Of a sample, without the batch axis; `std::nullopt` is any size.
  PartialShape shape = {};
  /// Empty: any.
  std::optional<std::size_t> batch_size = {};
  std::string name = {};

  /// A config has both as one batch_shape.
  template <class Visitor, class... Options>
  static void for_each_option(Visitor, Options&...) {}
};

/// y = x, for inputs of the declared shape only. Has no weights.
///
/// `Sequential model{Input{{.shape = {20, 30}}}, GRU{{.units = 16}}};` can be built by
/// `model.build_from_declared()` and knows its output shape before.
template <Real T = float>
class Input : public LayerWith<Input<T>, InputOptions, Layer<T>> {
 public:
  /// @throws ArgumentError for an empty shape or a size of 0
  explicit Input(InputOptions options);  // is an option misspelt? InputOptions{...} says which

  [[nodiscard]] Shape output_shape(const Shape& sample_shape) const override {
    return sample_shape;
  }

  /// Keras' name.
  [[nodiscard]] std::string type_name() const override { return "InputLayer"; }

  /// `batch_shape` as in Keras 3: `[null, 20, 30]`.
  [[nodiscard]] Config config() const override;

 protected:
  Variable<T> call(const Variable<T>& inputs, const CallOptions<T>& options) override;

 private:
  using Input::LayerWith::options_;
};

}  // namespace rondo
