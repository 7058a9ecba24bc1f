/// Activations in ONNX: as nodes, and as attributes of recurrent operators. For the sources of this
/// folder.
#pragma once

#include <string_view>

#include "rondo/interop/detail/chain.hpp"

namespace rondo::detail {

struct OnnxFunction {
  std::string_view keras;  // as `Activation` knows it
  std::string_view onnx;
  bool has_alpha = false;
  bool has_beta = false;
  float alpha = 0;
  float beta = 0;
  bool of_gates = false;  // recurrent operators know it
  bool of_nodes = true;   // there is an operator of this name
};

/// Nothing if ONNX has no such function.
[[nodiscard]] const OnnxFunction* find_keras_function(std::string_view name);

/// What a function has if a file does not say.
struct OnnxDefaults {
  std::string_view onnx;
  bool has_alpha;
  bool has_beta;
  float alpha;
  float beta;
};

/// By ONNX' name, in any case; nothing if it is not known.
[[nodiscard]] const OnnxDefaults* find_onnx_defaults(std::string_view name);

/// What a function of ONNX with these parameters is called here; nothing if rondo does not have it.
[[nodiscard]] const OnnxFunction* find_onnx_function(std::string_view name,
                                                     float alpha,
                                                     float beta);

/// Which of Keras' gates z, r, h; i, f, c, o is the first, second, … in ONNX.
[[nodiscard]] GateOrder onnx_order(std::string_view cell_class);

}  // namespace rondo::detail
