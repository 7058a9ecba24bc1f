// PyTorch: [3u, F] and [3u, u] with rows r, z, n; both biases apart.
#include <algorithm>

#include <fmt/format.h>

#include "rondo/layers/recurrent/detail/blocks.hpp"

namespace rondo {

using namespace convert;

std::string torch_suffix(std::size_t layer, bool reverse) {
  return fmt::format("_l{}{}", layer, reverse ? "_reverse" : "");
}

template <Real T>
NamedTensors<T> to_torch(const GRUWeights<T>& weights, const std::string& suffix) {
  constexpr const char* op = "to_torch";
  check_shapes(op, weights);
  check_reset(op, weights, true, "PyTorch");
  check_activations(op, weights, Fixed::both, "PyTorch");
  const std::size_t units = weights.units();
  NamedTensors<T> torch;
  const auto write_matrix = [&](const char* name, const Tensor<T>& keras) {
    Tensor<T> matrix({3 * units, keras.shape()[0]});
    write_transposed(keras.view(), reset_first, matrix.data());
    torch[name + suffix] = std::move(matrix);
  };
  const auto write_bias = [&](const char* name, std::size_t row) {
    Tensor<T> bias({3 * units});
    reorder(weights.bias.data() + row * 3 * units, reset_first, units, bias.data());
    torch[name + suffix] = std::move(bias);
  };
  write_matrix("weight_ih", weights.kernel);
  write_matrix("weight_hh", weights.recurrent_kernel);
  if (weights.bias.size() > 0) {
    write_bias("bias_ih", 0);
    write_bias("bias_hh", 1);
  }
  return torch;
}

template <Real T>
GRUWeights<T> from_torch(const NamedTensors<T>& torch, const std::string& suffix) {
  constexpr const char* op = "from_torch";
  const Tensor<T>& input = find(op, torch, "weight_ih" + suffix);
  const Tensor<T>& recurrent = find(op, torch, "weight_hh" + suffix);
  check_rank(op, "weight_ih" + suffix, input, 2);
  check_rank(op, "weight_hh" + suffix, recurrent, 2);
  const std::size_t features = input.shape()[1];
  const std::size_t units = recurrent.shape()[1];
  check_shape(op, "weight_ih" + suffix, input, {3 * units, features});
  check_shape(op, "weight_hh" + suffix, recurrent, {3 * units, units});
  GRUWeights<T> weights{
      .kernel = read_transposed(input.data(), reset_first, features, units),
      .recurrent_kernel = read_transposed(recurrent.data(), reset_first, units, units),
      .activation = "tanh",
      .recurrent_activation = "sigmoid"};
  if (!torch.contains("bias_ih" + suffix) && !torch.contains("bias_hh" + suffix)) {
    return weights;
  }
  weights.bias = Tensor<T>({2, 3 * units});
  for (std::size_t row = 0; row < 2; ++row) {
    const std::string name = (row == 0 ? "bias_ih" : "bias_hh") + suffix;
    const Tensor<T>& bias = find(op, torch, name);
    check_shape(op, name, bias, {3 * units});
    reorder(bias.data(), reset_first, units, weights.bias.data() + row * 3 * units);
  }
  return weights;
}

#define RONDO_INSTANTIATE(T)                                                   \
  template NamedTensors<T> to_torch(const GRUWeights<T>&, const std::string&); \
  template GRUWeights<T> from_torch(const NamedTensors<T>&, const std::string&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
