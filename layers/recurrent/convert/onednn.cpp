// oneDNN: Keras' matrices byte for byte, cut into [.., 3, u]; lbr_gru has four rows of biases.
#include <algorithm>

#include "rondo/layers/recurrent/detail/blocks.hpp"

namespace rondo {

using namespace convert;

namespace {

template <Real T>
Tensor<T> with_shape(const Tensor<T>& tensor, const Shape& shape) {
  return Tensor<T>::from_values(shape, tensor.view().span());
}

/// Keras' [2, 3u] as rows z, r, h of the input and h of the state.
template <Real T>
Tensor<T> sum_rows(const Tensor<T>& bias, std::size_t units, Convert what) {
  Tensor<T> rows({4, units});
  const T* const recurrent = bias.data() + 3 * units;
  std::copy_n(bias.data(), 3 * units, rows.data());
  for (std::size_t j = 0; what == Convert::values && j < 2 * units; ++j) {
    rows.data()[j] += recurrent[j];
  }
  std::copy_n(recurrent + h * units, units, rows.data() + 3 * units);
  return rows;
}

template <Real T>
Tensor<T> split_rows(const Tensor<T>& rows, std::size_t units, Convert what) {
  auto bias = Tensor<T>::zeros({2, 3 * units});
  T* const recurrent = bias.data() + 3 * units;
  std::copy_n(rows.data(), 3 * units, bias.data());
  if (what == Convert::gradients) {
    std::copy_n(rows.data(), 2 * units, recurrent);
  }
  std::copy_n(rows.data() + 3 * units, units, recurrent + h * units);
  return bias;
}

}  // namespace

template <Real T>
NamedTensors<T> to_onednn(const GRUWeights<T>& weights, OneDNNCell cell, Convert what) {
  constexpr const char* op = "to_onednn";
  const bool lbr = cell == OneDNNCell::lbr_gru;
  check_shapes(op, weights);
  check_reset(op, weights, lbr, lbr ? "lbr_gru" : "gru");
  check_activations(op, weights, Fixed::both, "oneDNN");
  const std::size_t units = weights.units();
  const Tensor<T> bias = bias_or_zeros(weights);
  NamedTensors<T> onednn;
  onednn["weights_layer"] = with_shape(weights.kernel, {weights.features(), 3, units});
  onednn["weights_iter"] = with_shape(weights.recurrent_kernel, {units, 3, units});
  onednn["bias"] = lbr ? sum_rows(bias, units, what) : with_shape(bias, {3, units});
  return onednn;
}

template <Real T>
GRUWeights<T> from_onednn(const NamedTensors<T>& onednn, OneDNNCell cell, Convert what) {
  constexpr const char* op = "from_onednn";
  const bool lbr = cell == OneDNNCell::lbr_gru;
  const Tensor<T>& layer = find(op, onednn, "weights_layer");
  const Tensor<T>& iter = find(op, onednn, "weights_iter");
  const Tensor<T>& bias = find(op, onednn, "bias");
  check_rank(op, "weights_layer", layer, 3);
  check_rank(op, "weights_iter", iter, 3);
  const std::size_t features = layer.shape()[0];
  const std::size_t units = iter.shape()[0];
  check_shape(op, "weights_layer", layer, {features, 3, units});
  check_shape(op, "weights_iter", iter, {units, 3, units});
  check_shape(op, "bias", bias, {lbr ? std::size_t{4} : std::size_t{3}, units});
  return {.kernel = with_shape(layer, {features, 3 * units}),
          .recurrent_kernel = with_shape(iter, {units, 3 * units}),
          .bias = lbr ? split_rows(bias, units, what) : with_shape(bias, {3 * units}),
          .reset_after = lbr,
          .activation = "tanh",
          .recurrent_activation = "sigmoid"};
}

#define RONDO_INSTANTIATE(T)                                                     \
  template NamedTensors<T> to_onednn(const GRUWeights<T>&, OneDNNCell, Convert); \
  template GRUWeights<T> from_onednn(const NamedTensors<T>&, OneDNNCell, Convert);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
