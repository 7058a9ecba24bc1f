// cuDNN's flat blob, and the weights that Keras 2 saved for its layer CuDNNGRU.
#include <algorithm>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/detail/blocks.hpp"

namespace rondo {

using namespace convert;

namespace {

template <Real T>
void check_cudnn(const char* op, const GRUWeights<T>& weights) {
  check_shapes(op, weights);
  check_reset(op, weights, true, "cuDNN");
  check_activations(op, weights, Fixed::both, "cuDNN");
}

/// Lists each gate's block of [rows, 3u] row by row and writes it column by column, or the reverse.
template <Real T>
Tensor<T> rewrite_blocks(const Tensor<T>& matrix, bool from_rows) {
  const std::size_t rows = matrix.shape()[0];
  const std::size_t units = matrix.shape()[1] / 3;
  Tensor<T> result(matrix.shape());
  Tensor<T> list({rows, units});
  for (std::size_t g = 0; g < 3; ++g) {
    const auto by_rows = dense_block(list.data(), 0, rows, units);
    const auto by_columns = dense_block(list.data(), 0, units, rows).transposed();
    const auto from = gate_of(matrix.data(), rows, units, g);
    copy(from, from_rows ? by_rows : by_columns);
    copy(from_rows ? by_columns : by_rows, gate_of(result.data(), rows, units, g));
  }
  return result;
}

template <Real T>
Tensor<T> transpose_blocks(const Tensor<T>& matrix) {
  const std::size_t units = matrix.shape()[0];
  Tensor<T> result(matrix.shape());
  for (std::size_t g = 0; g < 3; ++g) {
    copy(gate_of(matrix.data(), units, units, g),
         gate_of(result.data(), units, units, g).transposed());
  }
  return result;
}

}  // namespace

template <Real T>
Tensor<T> to_cudnn(const GRUWeights<T>& weights) {
  check_cudnn("to_cudnn", weights);
  const std::size_t units = weights.units();
  const std::size_t columns = 3 * units;
  Tensor<T> blob({columns * (weights.features() + units + 2)});
  T* out = blob.data();
  write_transposed(weights.kernel.view(), reset_first, out);
  out += weights.kernel.size();
  write_transposed(weights.recurrent_kernel.view(), reset_first, out);
  out += weights.recurrent_kernel.size();
  const Tensor<T> bias = bias_or_zeros(weights);
  reorder(bias.data(), reset_first, units, out);
  reorder(bias.data() + columns, reset_first, units, out + columns);
  return blob;
}

template <Real T>
GRUWeights<T> from_cudnn(TensorView<const T> blob, std::size_t features, std::size_t units) {
  const std::size_t columns = 3 * units;
  const Shape expected{columns * (features + units + 2)};
  if (blob.shape() != expected) {
    throw_shape_error("from_cudnn",
                      "the blob has another size",
                      {{"expected", expected}, {"found", blob.shape()}});
  }
  const T* const recurrent = blob.data() + columns * features;
  const T* const biases = recurrent + columns * units;
  Tensor<T> bias({2, columns});
  reorder(biases, reset_first, units, bias.data());
  reorder(biases + columns, reset_first, units, bias.data() + columns);
  return {.kernel = read_transposed(blob.data(), reset_first, features, units),
          .recurrent_kernel = read_transposed(recurrent, reset_first, units, units),
          .bias = std::move(bias),
          .activation = "tanh",
          .recurrent_activation = "sigmoid"};
}

template <Real T>
NamedTensors<T> to_cudnn_gru(const GRUWeights<T>& weights) {
  check_cudnn("to_cudnn_gru", weights);
  NamedTensors<T> saved;
  saved["kernel"] = rewrite_blocks(weights.kernel, false);
  saved["recurrent_kernel"] = transpose_blocks(weights.recurrent_kernel);
  const Tensor<T> bias = bias_or_zeros(weights);
  saved["bias"] = Tensor<T>::from_values({bias.size()}, bias.view().span());
  return saved;
}

template <Real T>
GRUWeights<T> from_cudnn_gru(const NamedTensors<T>& saved) {
  constexpr const char* op = "from_cudnn_gru";
  const Tensor<T>& kernel = find(op, saved, "kernel");
  const Tensor<T>& recurrent = find(op, saved, "recurrent_kernel");
  const Tensor<T>& bias = find(op, saved, "bias");
  check_rank(op, "kernel", kernel, 2);
  check_rank(op, "recurrent_kernel", recurrent, 2);
  const std::size_t columns = 3 * recurrent.shape()[0];
  check_shape(op, "kernel", kernel, {kernel.shape()[0], columns});
  check_shape(op, "recurrent_kernel", recurrent, {columns / 3, columns});
  check_shape(op, "bias", bias, {2 * columns});
  return {.kernel = rewrite_blocks(kernel, true),
          .recurrent_kernel = transpose_blocks(recurrent),
          .bias = Tensor<T>::from_values({2, columns}, bias.view().span()),
          .activation = "tanh",
          .recurrent_activation = "sigmoid"};
}

#define RONDO_INSTANTIATE(T)                                                        \
  template Tensor<T> to_cudnn(const GRUWeights<T>&);                                \
  template GRUWeights<T> from_cudnn(TensorView<const T>, std::size_t, std::size_t); \
  template NamedTensors<T> to_cudnn_gru(const GRUWeights<T>&);                      \
  template GRUWeights<T> from_cudnn_gru(const NamedTensors<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
