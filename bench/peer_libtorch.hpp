/// The works of libtorch; a function answers with an empty `run` to what is not its own.
#pragma once

#include "rondo/bench/server.hpp"

namespace rondo::bench {

/// `one_element_op`, `composite`, `composite_gru`: op by op.
[[nodiscard]] Prepared prepare_libtorch_tape(const Work& work);

/// `forward_backward`, `train_step`, `stream`: with torch::nn::GRU.
[[nodiscard]] Prepared prepare_libtorch_gru(const Work& work);

}  // namespace rondo::bench
