/// `rondo forecast`: trains a GRU on a part of a series and compares it with naive forecasts of the
/// rest.
#pragma once

#include <cstddef>

#include "rondo/apps/run_description.hpp"

namespace rondo::apps {

struct ForecastOptions {
  RunDescription run = {.out = "out/forecast"};
  /// Period of the seasonal naive forecast; 0: found in the training part.
  std::size_t season = 0;
  bool quiet = false;
};

/// @throws rondo::Error for input that cannot be used; nothing is written then
void forecast(const ForecastOptions& options);

}  // namespace rondo::apps
