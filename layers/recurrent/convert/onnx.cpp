// ONNX: W [dirs, 3u, F], R [dirs, 3u, u], B [dirs, 6u] with blocks z, r, h; B is Wb, then Rb.
#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/detail/blocks.hpp"

namespace rondo {

using namespace convert;

namespace {

template <Real T>
void check_directions(const char* op, std::span<const GRUWeights<T>> directions, bool lbr) {
  if (directions.empty() || directions.size() > 2) {
    throw_argument_error(op, fmt::format("expected 1 or 2 directions, got {}", directions.size()));
  }
  const GRUWeights<T>& first = directions.front();
  for (const GRUWeights<T>& weights : directions) {
    check_shapes(op, weights);
    check_reset(op, weights, lbr, lbr ? "linear_before_reset = 1" : "linear_before_reset = 0");
    check_shape(op, "kernel", weights.kernel, first.kernel.shape());
    check_shape(op, "bias", weights.bias, first.bias.shape());
  }
}

/// B of one direction as Keras' bias.
template <Real T>
Tensor<T> bias_from_onnx(const T* biases, std::size_t units, bool lbr, Convert what) {
  const std::size_t columns = 3 * units;
  if (lbr) {
    return Tensor<T>::from_values({2, columns}, std::span(biases, 2 * columns));
  }
  auto bias = Tensor<T>::from_values({columns}, std::span(biases, columns));
  for (std::size_t j = 0; what == Convert::values && j < columns; ++j) {
    bias.data()[j] += biases[columns + j];
  }
  return bias;
}

}  // namespace

template <Real T>
NamedTensors<T> to_onnx(std::span<const GRUWeights<T>> directions,
                        bool linear_before_reset,
                        Convert what) {
  constexpr const char* op = "to_onnx";
  check_directions(op, directions, linear_before_reset);
  const std::size_t features = directions[0].features();
  const std::size_t units = directions[0].units();
  Tensor<T> input({directions.size(), 3 * units, features});
  Tensor<T> recurrent({directions.size(), 3 * units, units});
  auto bias = Tensor<T>::zeros({directions.size(), 6 * units});
  for (std::size_t d = 0; d < directions.size(); ++d) {
    const GRUWeights<T>& weights = directions[d];
    write_transposed(weights.kernel.view(), update_first, input.data() + d * 3 * units * features);
    write_transposed(
        weights.recurrent_kernel.view(), update_first, recurrent.data() + d * 3 * units * units);
    T* const biases = bias.data() + d * 6 * units;
    std::copy_n(weights.bias.data(), weights.bias.size(), biases);
    if (!linear_before_reset && what == Convert::gradients) {
      std::copy_n(weights.bias.data(), weights.bias.size(), biases + 3 * units);
    }
  }
  NamedTensors<T> onnx;
  onnx["W"] = std::move(input);
  onnx["R"] = std::move(recurrent);
  if (directions[0].bias.size() > 0) {
    onnx["B"] = std::move(bias);
  }
  return onnx;
}

template <Real T>
std::vector<GRUWeights<T>> from_onnx(const NamedTensors<T>& onnx,
                                     bool linear_before_reset,
                                     Convert what) {
  constexpr const char* op = "from_onnx";
  const Tensor<T>& input = find(op, onnx, "W");
  const Tensor<T>& recurrent = find(op, onnx, "R");
  check_rank(op, "W", input, 3);
  check_rank(op, "R", recurrent, 3);
  const std::size_t directions = input.shape()[0];
  const std::size_t features = input.shape()[2];
  const std::size_t units = recurrent.shape()[2];
  check_shape(op, "W", input, {directions, 3 * units, features});
  check_shape(op, "R", recurrent, {directions, 3 * units, units});
  const bool has_bias = onnx.contains("B");
  if (has_bias) {
    check_shape(op, "B", find(op, onnx, "B"), {directions, 6 * units});
  }
  std::vector<GRUWeights<T>> result;
  for (std::size_t d = 0; d < directions; ++d) {
    GRUWeights<T>& weights = result.emplace_back();
    weights.reset_after = linear_before_reset;
    weights.kernel =
        read_transposed(input.data() + d * 3 * units * features, update_first, features, units);
    weights.recurrent_kernel =
        read_transposed(recurrent.data() + d * 3 * units * units, update_first, units, units);
    if (has_bias) {
      const T* const biases = onnx.at("B").data() + d * 6 * units;
      weights.bias = bias_from_onnx(biases, units, linear_before_reset, what);
    }
  }
  return result;
}

#define RONDO_INSTANTIATE(T)                                                       \
  template NamedTensors<T> to_onnx(std::span<const GRUWeights<T>>, bool, Convert); \
  template std::vector<GRUWeights<T>> from_onnx(const NamedTensors<T>&, bool, Convert);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
