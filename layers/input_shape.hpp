/// What a layer or a model knows about its inputs before the first of them comes, and shapes as
/// Keras and TensorFlow.js print them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "rondo/core/shape.hpp"

namespace rondo {

/// Sizes of axes; `std::nullopt` is any size. Empty: nothing is declared.
using PartialShape = std::vector<std::optional<std::size_t>>;

struct DeclaredInputs {
  /// Without the batch axis.
  PartialShape sample_shape = {};
  std::optional<std::size_t> batch_size = {};
};

/// Keras' three options as one declaration. `batch_input_shape` has the batch axis in front.
/// @param op  who is named in errors
/// @throws ArgumentError if they contradict one another, or a size is 0
[[nodiscard]] DeclaredInputs declared_inputs(const std::string& op,
                                             const PartialShape& input_shape,
                                             const PartialShape& batch_input_shape,
                                             std::optional<std::size_t> batch_size);

/// Whether a shape has these sizes; every shape fits an empty declaration.
[[nodiscard]] bool fits(const Shape& sample_shape, const PartialShape& declared);

/// With the batch axis in front, as JSON: `[null,20,16]`.
[[nodiscard]] std::string shape_json(const PartialShape& sample_shape,
                                     std::optional<std::size_t> batch_size = {});
[[nodiscard]] std::string shape_json(const Shape& sample_shape,
                                     std::optional<std::size_t> batch_size = {});

/// The same for the text of an error: `[N, 20, 16]`.
[[nodiscard]] std::string shape_with_batch(const Shape& sample_shape);

}  // namespace rondo
