/// Rolling-origin evaluation: train on a beginning of the series, forecast what follows, go on from
/// a later origin (Tashman 2000). No fold sees what lies behind its origin.
#pragma once

#include <cstddef>
#include <vector>

#include "rondo/timeseries/panel.hpp"

namespace rondo {

struct RollingOriginOptions {
  std::size_t horizon = 1;  // > 0
  std::size_t folds = 5;    // > 0
  std::size_t step = 0;     // rows from one origin to the next; 0: horizon, no row is tested twice
};

/// For each fold, the earliest first, how many rows at the end its training must not see; the
/// first `horizon` of them are its test. The last fold's test ends with the series.
/// @param rows  of the series
/// @throws ArgumentError if a size is 0, or the first fold would have nothing to train on
[[nodiscard]] std::vector<std::size_t> rolling_origins(std::size_t rows,
                                                       const RollingOriginOptions& options);

/// The panel as it was `rows` rows ago: targets and past columns end there, what is known in
/// advance does not.
/// @throws ArgumentError naming a series of which nothing would be left
[[nodiscard]] Panel without_last(const Panel& panel, std::size_t rows);

/// Simple methods need a history without gaps: a value that is NaN becomes the last one before it,
/// those at the beginning the first that is known.
/// @return [rows]
/// @throws ArgumentError if all are NaN
[[nodiscard]] std::vector<double> filled_target(const PanelSeries& series, std::size_t target = 0);

}  // namespace rondo
