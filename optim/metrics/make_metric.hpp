/// Metrics by Keras' names.
#pragma once

#include <memory>
#include <string_view>

#include "rondo/optim/metrics/metric.hpp"

namespace rondo {

/// A metric with default options, called as asked for: `mean_squared_error` (`mse`, `MSE`,
/// `MeanSquaredError`), `accuracy` (`acc`), `auc`, `perplexity`, and the names of losses, whose
/// means they are.
/// @throws ArgumentError for an unknown name; the text lists the known ones
template <Real T>
[[nodiscard]] std::unique_ptr<Metric<T>> make_metric(std::string_view name);

}  // namespace rondo
