/// The functions that the gates of a fused recurrent op can have.
#pragma once

#include <cstdint>

namespace rondo {

/// All but linear, the only list of them: F(name, formula in core/kernels, further names...). The
/// derivative of each is a function of its result (`slope` in core/kernels/gru_tiles.hpp).
#define RONDO_GATE_FUNCTIONS(F)                                  \
  F(tanh, Tanh)                                                  \
  F(sigmoid, Sigmoid)                                            \
  F(hard_sigmoid, HardSigmoid, "hard_sigmoid_keras3")            \
  F(hard_sigmoid_keras2, HardSigmoidKeras2, "hard_sigmoid_tfjs") \
  F(relu, Relu)                                                  \
  F(relu6, Relu6)                                                \
  F(elu, Elu)                                                    \
  F(selu, Selu)                                                  \
  F(softsign, Softsign)

#define RONDO_NAME(name, ...) name,
enum class GateFunction : std::uint8_t { linear, RONDO_GATE_FUNCTIONS(RONDO_NAME) };
#undef RONDO_NAME

}  // namespace rondo
