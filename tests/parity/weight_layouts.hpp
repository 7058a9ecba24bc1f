/// Weights of other systems in Keras' layout. Gradients of weights convert in the same way: nothing
/// is done but moving numbers, except for ONNX's sum of two biases.
#pragma once

#include "rondo/tests/parity/subject.hpp"

namespace rondo::parity {

/// weight_ih [3u, F], weight_hh [3u, u], bias_ih, bias_hh [3u], gates r, z, n: what is there of
/// them. A bias needs both of its parts.
CellArrays keras_arrays_of_torch(const CellArrays& torch);

/// One direction of ONNX: W [3u, F], R [3u, u], B [6u], gates z, r, h.
/// @param linear_before_reset  keeps both biases [2, 3u]; else they are added [3u]
CellArrays keras_arrays_of_onnx(const CellArrays& onnx, bool linear_before_reset);

}  // namespace rondo::parity
