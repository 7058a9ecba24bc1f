#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/timeseries/simple_methods.hpp"

namespace rondo {

namespace {

constexpr HoltWintersParameters lowest{0.0001, 0.0001, 0.0001, 0.8};
constexpr HoltWintersParameters highest{0.9999, 0.9999, 0.9999, 0.98};

void check_finite(std::span<const double> values) {
  if (!std::ranges::all_of(values, [](double y) { return std::isfinite(y); })) {
    throw_argument_error("HoltWinters", "the history has a value that is not finite");
  }
}

constexpr std::array coordinates{&HoltWintersParameters::alpha,
                                 &HoltWintersParameters::beta,
                                 &HoltWintersParameters::gamma,
                                 &HoltWintersParameters::phi};

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// By pattern search (Hooke and Jeeves 1961) in the box of the parameters: one coordinate after the
/// other, with half the step where none helps.
template <class Error>
HoltWintersParameters search(HoltWintersParameters best, Error error) {
  double smallest = error(best);
  for (double step = 0.25; step > 1e-4;) {
    bool better = false;
    for (const auto coordinate : coordinates) {
      const double range = highest.*coordinate - lowest.*coordinate;
      for (const double direction : {step, -step}) {
        HoltWintersParameters tried = best;
        tried.*coordinate = std::clamp(
            tried.*coordinate + direction * range, lowest.*coordinate, highest.*coordinate);
        const double found = error(tried);
        if (found < smallest) {
          smallest = found;
          best = tried;
          better = true;
        }
      }
    }
    step = better ? step : step / 2.0;
  }
  return best;
}

}  // namespace

HoltWinters::HoltWinters(std::span<const double> history, std::size_t period)
    : season_(std::max<std::size_t>(period, 1)) {
  begin(history);
  // In units of the largest value: squares of errors neither vanish nor overflow.
  double unit = 0.0;
  for (const double y : history) {
    unit = std::max(unit, std::abs(y));
  }
  std::vector<double> scaled(history.begin(), history.end());
  for (double& y : scaled) {
    y /= unit > 0.0 ? unit : 1.0;
  }
  HoltWinters start = *this;
  start.begin(scaled);
  const auto error = [&](const HoltWintersParameters& tried) {
    HoltWinters model = start;
    model.smooth(scaled, tried);
    return std::isfinite(model.squared_error_) ? model.squared_error_
                                               : std::numeric_limits<double>::infinity();
  };
  HoltWintersParameters best;
  for (const double alpha : {0.1, 0.5, 0.9}) {  // there is more than one valley
    const HoltWintersParameters found = search({.alpha = alpha}, error);
    best = error(found) < error(best) ? found : best;
  }
  smooth(history, best);
}

HoltWinters::HoltWinters(std::span<const double> history,
                         std::size_t period,
                         const HoltWintersParameters& parameters)
    : season_(std::max<std::size_t>(period, 1)) {
  begin(history);
  smooth(history, parameters);
}

void HoltWinters::update(std::span<const double> values) {
  check_finite(values);
  smooth(values, parameters_);
}

void HoltWinters::begin(std::span<const double> history) {
  const std::size_t period = season_.size();
  const std::size_t needed = std::max<std::size_t>(2 * period, 3);
  if (history.size() < needed) {
    throw_argument_error("HoltWinters",
                         fmt::format("{} values of history are needed for a period of {}, got {}",
                                     needed,
                                     period,
                                     history.size()));
  }
  check_finite(history);
  level_ = mean_of(history.first(period));
  trend_ = (mean_of(history.subspan(period, period)) - level_) / static_cast<double>(period);
  for (std::size_t i = 0; i < period; ++i) {
    season_[i] = history[i] - level_;
  }
}

void HoltWinters::smooth(std::span<const double> history, const HoltWintersParameters& parameters) {
  parameters_ = parameters;
  const auto& [alpha, beta, gamma, phi] = parameters_;
  const double of_season = season_.size() > 1 ? gamma : 0.0;
  for (const double y : history) {
    double& season = season_[steps_ % season_.size()];
    const double before = level_ + phi * trend_;
    const double error = y - before - season;
    const double level = before + alpha * (y - season - before);
    trend_ = beta * (level - level_) + (1.0 - beta) * phi * trend_;
    season = of_season * (y - before) + (1.0 - of_season) * season;
    level_ = level;
    squared_error_ += error * error;
    ++steps_;
  }
}

std::vector<double> HoltWinters::forecast(std::size_t horizon) const {
  std::vector<double> result(horizon);
  double damped = 0.0, power = 1.0;
  for (std::size_t h = 0; h < horizon; ++h) {
    power *= parameters_.phi;
    damped += power;
    result[h] = level_ + damped * trend_ + season_[(steps_ + h) % season_.size()];
  }
  return result;
}

}  // namespace rondo
