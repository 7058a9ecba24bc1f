/// The kind `training`: a GRU, optionally behind Masking, and a Dense layer learn from one batch.
#pragma once

#include "rondo/tests/parity/comparison.hpp"

namespace rondo::parity {

/// Compares the loss before each update, the weights and the prediction behind the last one.
/// @throws CaseError for what cannot be done, rondo::Error for what the library refuses
template <Real T>
void run_training(const Json& test_case, Comparison& comparison);

}  // namespace rondo::parity
