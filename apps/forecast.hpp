/// `rondo forecast`: trains on a part of a table, compares with simple methods on the rest, and
/// forecasts what comes behind the data.
#pragma once

#include "rondo/apps/run_description.hpp"

namespace rondo::apps {

struct ForecastOptions {
  RunDescription run = {.out = "out/forecast"};
  /// Go on with the interrupted run in `run.out`.
  bool resume = false;
  bool quiet = false;
};

/// @return the exit status of the program; 128 + its number if a signal ended the run
/// @throws rondo::Error for input that cannot be used; nothing is written then
[[nodiscard]] int forecast(const ForecastOptions& options);

}  // namespace rondo::apps
