/// The network of a classifier. Internal to classifier.cpp.
#pragma once

#include <memory>

#include "rondo/timeseries/classifier.hpp"

namespace rondo::detail {

/// @throws ArgumentError for another name than gru, lstm, rnn
void check_cell(const std::string& cell);

/// Inputs [S, channels] of any length, output [classes] of sum 1; not built.
[[nodiscard]] std::unique_ptr<Layer<float>> classifier_layers(const ClassifierOptions& options,
                                                              std::size_t channels,
                                                              std::size_t classes);

}  // namespace rondo::detail
