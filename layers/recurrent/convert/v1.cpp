// tf.compat.v1: rows of inputs above rows of the state, gates r, z in one matrix, the candidate in
// another.
#include <algorithm>

#include "rondo/core/error.hpp"
#include "rondo/layers/recurrent/detail/blocks.hpp"

namespace rondo {

using namespace convert;

namespace {

/// Where gate g of Keras lies in V1's two matrices [rows, 2u] and [rows, u].
template <class T>
Block<T> v1_block(
    T* gates, T* candidate, std::size_t g, std::size_t row, std::size_t height, std::size_t units) {
  if (g == h) {
    return block_of(candidate, units, row, height, 0, units);
  }
  return block_of(gates, 2 * units, row, height, g == r ? 0 : units, units);
}

}  // namespace

template <Real T>
NamedTensors<T> to_v1(const GRUWeights<T>& weights) {
  constexpr const char* op = "to_v1";
  check_shapes(op, weights);
  check_reset(op, weights, false, "tf.compat.v1's cell");
  check_activations(op, weights, Fixed::gates, "tf.compat.v1's cell");
  const std::size_t f = weights.features();
  const std::size_t u = weights.units();
  Tensor<T> gates({f + u, 2 * u});
  Tensor<T> candidate({f + u, u});
  Tensor<T> gates_bias({2 * u});
  Tensor<T> candidate_bias({u});
  const Tensor<T> bias = bias_or_zeros(weights);
  for (const std::size_t g : {z, r, h}) {
    copy(gate_of(weights.kernel.data(), f, u, g),
         v1_block(gates.data(), candidate.data(), g, 0, f, u));
    copy(gate_of(weights.recurrent_kernel.data(), u, u, g),
         v1_block(gates.data(), candidate.data(), g, f, u, u));
    copy(gate_of(bias.data(), 1, u, g),
         v1_block(gates_bias.data(), candidate_bias.data(), g, 0, 1, u));
  }
  NamedTensors<T> v1;
  v1["gates/kernel"] = std::move(gates);
  v1["gates/bias"] = std::move(gates_bias);
  v1["candidate/kernel"] = std::move(candidate);
  v1["candidate/bias"] = std::move(candidate_bias);
  return v1;
}

template <Real T>
GRUWeights<T> from_v1(const NamedTensors<T>& v1) {
  constexpr const char* op = "from_v1";
  const Tensor<T>& gates = find(op, v1, "gates/kernel");
  const Tensor<T>& gates_bias = find(op, v1, "gates/bias");
  const Tensor<T>& candidate = find(op, v1, "candidate/kernel");
  const Tensor<T>& candidate_bias = find(op, v1, "candidate/bias");
  check_rank(op, "candidate/kernel", candidate, 2);
  const std::size_t rows = candidate.shape()[0];
  const std::size_t u = candidate.shape()[1];
  if (rows <= u) {
    throw_shape_error(op,
                      "'candidate/kernel' must have more rows than columns: inputs and state",
                      {{"found", candidate.shape()}});
  }
  check_shape(op, "gates/kernel", gates, {rows, 2 * u});
  check_shape(op, "gates/bias", gates_bias, {2 * u});
  check_shape(op, "candidate/bias", candidate_bias, {u});
  const std::size_t f = rows - u;
  GRUWeights<T> weights{.kernel = Tensor<T>({f, 3 * u}),
                        .recurrent_kernel = Tensor<T>({u, 3 * u}),
                        .bias = Tensor<T>({3 * u}),
                        .reset_after = false,
                        .recurrent_activation = "sigmoid"};
  for (const std::size_t g : {z, r, h}) {
    copy(v1_block(gates.data(), candidate.data(), g, 0, f, u),
         gate_of(weights.kernel.data(), f, u, g));
    copy(v1_block(gates.data(), candidate.data(), g, f, u, u),
         gate_of(weights.recurrent_kernel.data(), u, u, g));
    copy(v1_block(gates_bias.data(), candidate_bias.data(), g, 0, 1, u),
         gate_of(weights.bias.data(), 1, u, g));
  }
  return weights;
}

#define RONDO_INSTANTIATE(T)                            \
  template NamedTensors<T> to_v1(const GRUWeights<T>&); \
  template GRUWeights<T> from_v1(const NamedTensors<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
