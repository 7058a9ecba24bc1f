/// Choices that all recurrent layers share.
#pragma once

#include "rondo/core/masked_output.hpp"

namespace rondo {

/// Which system's defaults and formulas hold (D21). A profile sets a group of options; each of them
/// can also be given alone. `README.md` has the table.
///   keras3  Keras 3.8 and later (default)
///   keras2  tf.keras of TensorFlow 2.1 to 2.15, tf-keras
///   tf20    tf.keras of TensorFlow 2.0
///   tfjs    TensorFlow.js
///   v1      tf.compat.v1: its cell is a class of its own
enum class Compat { keras3, keras2, tf20, tfjs, v1 };

/// How the two outputs of Bidirectional become one: joined on the last axis, added, multiplied,
/// averaged; `none` keeps both, and only `run_both` returns them.
enum class MergeMode { concat, sum, mul, ave, none };

/// Whether a layer may run as one fused op instead of op by op.
enum class UseFused { automatic, on, off };

}  // namespace rondo
