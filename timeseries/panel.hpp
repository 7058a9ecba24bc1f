/// Series of one kind on one time axis, with a role for each column: what forecasters, classifiers and simple
/// methods read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rondo/core/tensor.hpp"
#include "rondo/data/time_axis.hpp"

namespace rondo {

/// The names of a panel's columns. What was made from a column says so: `cbwd=NW`, `hour (sine)`,
/// `dew point missing`.
struct PanelColumns {
  std::vector<std::string> targets = {};
  std::vector<std::string> past = {};     // seen up to now
  std::vector<std::string> known = {};    // known in advance: a plan, a calendar
  std::vector<std::string> statics = {};  // one value for the whole series
};

/// One series: a row for each step, gaps filled with rows. Everything is finite but missing targets, which are NaN.
struct PanelSeries {
  std::string name = {};        // empty if there is only one
  TimePoint begin = 0;          // of row 0
  Tensor<double> targets = {};  // [L, targets]
  Tensor<double> past = {};     // [L, past]; the targets are not among them
  Tensor<double> known = {};    // [L + the rows that are known beyond the data, known]
  std::vector<double> statics = {};

  [[nodiscard]] std::size_t size() const { return targets.shape()[0]; }
};

struct Panel {
  PanelColumns columns = {};
  TimeStep step = {};
  std::vector<PanelSeries> series = {};
};

}  // namespace rondo
