/// The recurrent kinds: rebuilds the layer of a case, feeds its calls and compares.
#pragma once

#include "rondo/tests/parity/comparison.hpp"

namespace rondo::parity {

/// All kinds that have `calls`: those of Keras, tf-keras and its v1 cells, TF.js, PyTorch and ONNX.
/// @throws CaseError for what cannot be done, rondo::Error for what the library refuses
template <Real T>
void run_recurrent(const Json& test_case, Comparison& comparison);

}  // namespace rondo::parity
