/// What recording an op costs: `one_element_op` and `composite_gru_1x100x8x16`.
#pragma once

#include "rondo/bench/harness.hpp"

namespace rondo::bench {

/// Forward and backward, each on a tape that is reset and used again.
[[nodiscard]] std::vector<Case> tape_cases();

/// The same work in libtorch, op by op; empty if it was built without.
[[nodiscard]] std::vector<Case> libtorch_tape_cases();

}  // namespace rondo::bench
