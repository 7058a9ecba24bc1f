/// Random models that a format can hold, with random weights: for round trips, and for the real
/// systems (write_cases.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "rondo/interop/interop.hpp"

namespace rondo::interop {

struct RandomModel {
  std::unique_ptr<Layer<float>> layers;
  /// The file must be written with lengths; they are the second input.
  bool right_padded = false;
  /// PyTorch's modules of this model.
  Json modules;
  std::vector<Tensor<float>> inputs;
};

[[nodiscard]] RandomModel random_onnx_model(std::uint64_t seed);
[[nodiscard]] RandomModel random_torch_model(std::uint64_t seed);

/// Its own output; with two inputs under the mask that the lengths are.
[[nodiscard]] Tensor<float> output_of(RandomModel& model);

}  // namespace rondo::interop
