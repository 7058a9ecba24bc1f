/// Scales series with missing values, channel by channel. Internal to this folder.
#pragma once

#include <span>
#include <string>

#include "rondo/data/scaler.hpp"

namespace rondo::detail {

/// @param series  each [L, C], at least one; NaN does not count
/// @throws ArgumentError if a channel has no values
void fit_scaler(StandardScaler<double>& scaler, std::span<const Tensor<double>> series);

/// In single precision, without missing values: the last known one of the channel takes their place,
/// before the first known one that one, and the mean of training where there is none.
/// @param where  the series is, for errors: `x.ts:12`
/// @throws ShapeError    if the series is empty or has other channels
/// @throws ArgumentError if a value is out of all proportion to those of training
[[nodiscard]] Tensor<float> scaled_series(const StandardScaler<double>& scaler,
                                          const Tensor<double>& series,
                                          const std::string& where);

}  // namespace rondo::detail
