/// The works that rondo has; each function answers with an empty `run` to what is not its own.
#pragma once

#include "rondo/bench/server.hpp"

namespace rondo::bench {

/// `one_element_op`, `fma_peak`
[[nodiscard]] Prepared prepare_machine(const Work& work);

/// `forward_backward`, `composite`, `composite_gru`, `tape_bytes`, `stream`
[[nodiscard]] Prepared prepare_gru(const Work& work);

/// `composite_lstm`, `composite_mgu`
[[nodiscard]] Prepared prepare_cells(const Work& work);

/// `train_step`
[[nodiscard]] Prepared prepare_training(const Work& work);

}  // namespace rondo::bench
