#include "rondo/layers/input_shape.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

namespace {

std::string size_text(std::optional<std::size_t> size) {
  return size ? fmt::format("{}", *size) : "null";
}

void check_sizes(const std::string& op, const char* option, const PartialShape& shape) {
  if (std::find(shape.begin(), shape.end(), std::size_t{0}) != shape.end()) {
    throw_argument_error(op, fmt::format("every size in {} must be positive, got 0", option));
  }
}

}  // namespace

DeclaredInputs declared_inputs(const std::string& op,
                               const PartialShape& input_shape,
                               const PartialShape& batch_input_shape,
                               std::optional<std::size_t> batch_size) {
  check_sizes(op, "input_shape", input_shape);
  check_sizes(op, "batch_input_shape", batch_input_shape);
  check_sizes(op, "batch_size", {batch_size});
  if (batch_input_shape.empty()) {
    return {input_shape, batch_size};
  }
  const PartialShape sample(batch_input_shape.begin() + 1, batch_input_shape.end());
  const std::string given = shape_json(sample, batch_input_shape.front());
  if (!input_shape.empty() && input_shape != sample) {
    throw_argument_error(op,
                         fmt::format("batch_input_shape {} contradicts input_shape {}",
                                     given,
                                     shape_json(input_shape, batch_size)));
  }
  if (batch_size && batch_input_shape.front() != batch_size) {
    throw_argument_error(
        op, fmt::format("batch_input_shape {} contradicts batch_size {}", given, *batch_size));
  }
  return {sample, batch_input_shape.front()};
}

bool fits(const Shape& sample_shape, const PartialShape& declared) {
  const auto same = [](std::size_t size, const std::optional<std::size_t>& wanted) {
    return !wanted || *wanted == size;
  };
  return declared.empty() ||
         std::equal(
             sample_shape.begin(), sample_shape.end(), declared.begin(), declared.end(), same);
}

std::string shape_json(const PartialShape& sample_shape, std::optional<std::size_t> batch_size) {
  std::string text = '[' + size_text(batch_size);
  for (const auto& size : sample_shape) {
    text += ',' + size_text(size);
  }
  return text + ']';
}

std::string shape_json(const Shape& sample_shape, std::optional<std::size_t> batch_size) {
  return shape_json(PartialShape(sample_shape.begin(), sample_shape.end()), batch_size);
}

std::string shape_with_batch(const Shape& sample_shape) {
  std::string text = "[N";
  for (const std::size_t size : sample_shape) {
    text += ", " + std::to_string(size);
  }
  return text + ']';
}

}  // namespace rondo
