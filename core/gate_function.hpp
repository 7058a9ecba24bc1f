/// The functions that the gates of a fused recurrent op can have.
#pragma once

#include <cstdint>

namespace rondo {

/// The derivative of each is a function of its result.
enum class GateFunction : std::uint8_t {
  linear,
  tanh,
  sigmoid,
  hard_sigmoid,
  hard_sigmoid_keras2,
  relu,
  relu6,
  elu,
  selu,
  softsign,
};

}  // namespace rondo
