/// Rondo's configs as those of Keras 3, of legacy files and of TensorFlow.js. For the sources of
/// this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rondo/interop/detail/keras_graph.hpp"

namespace rondo::detail {

enum class Dialect {
  keras3,  // .keras and .weights.h5 of every Keras 3
  legacy,  // .h5 of Keras 3 and of tf-keras
  tfjs
};

struct KerasConfig {
  Config model;
  /// What was left out, a line each.
  std::vector<std::string> notes = {};
};

/// A Sequential that begins with its InputLayer, as do those inside, and that has only the options
/// that differ from the dialect's defaults.
/// @param format         who writes, for the text of errors
/// @throws ArgumentError naming the layer and the option that the dialect does not have
[[nodiscard]] KerasConfig to_keras_config(std::string_view format,
                                          const Config& model,
                                          Dialect dialect);

}  // namespace rondo::detail
