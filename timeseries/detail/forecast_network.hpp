/// The network of a Forecaster and its loss.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "rondo/core/ops_losses.hpp"
#include "rondo/layers/model.hpp"
#include "rondo/timeseries/forecaster.hpp"

namespace rondo::detail {

/// @throws ArgumentError for an unknown cell, and what layers refuse
/// @return unbuilt; inputs [N, window, F] and, perhaps, [N, beside], outputs [N, horizon, C, Q]
[[nodiscard]] std::unique_ptr<Model<float>> forecast_network(const ForecasterOptions& options,
                                                             std::size_t num_targets);

/// Quantiles that do not cross, from any numbers: the one nearest to the median, and away from it
/// in both directions sums of softplus.
/// @param raw  [.., Q]
[[nodiscard]] Variable<float> rising_quantiles(const Variable<float>& raw, std::size_t median);

/// The pinball loss; targets [N, horizon, C] that are NaN do not count.
[[nodiscard]] Loss<float> known_quantile_loss(std::vector<double> quantiles);

/// The place of the quantile nearest to 0.5.
[[nodiscard]] std::size_t median_of(const std::vector<double>& quantiles);

}  // namespace rondo::detail
