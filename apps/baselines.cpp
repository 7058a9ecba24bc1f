#include "rondo/apps/baselines.hpp"

#include <algorithm>
#include <cmath>

namespace rondo::apps {

double rmse(std::span<const double> predicted, std::span<const double> actual) {
  double largest = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    largest = std::max(largest, std::abs(predicted[i] - actual[i]));
  }
  if (largest == 0.0) {
    return 0.0;
  }
  double total = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double share = (predicted[i] - actual[i]) / largest;  // its square cannot vanish
    total += share * share;
  }
  return largest * std::sqrt(total / static_cast<double>(actual.size()));
}

double mae(std::span<const double> predicted, std::span<const double> actual) {
  double total = 0.0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    total += std::abs(predicted[i] - actual[i]);
  }
  return total / static_cast<double>(actual.size());
}

std::vector<double> targets(std::span<const double> series, const Task& task) {
  const auto first = series.begin() + static_cast<std::ptrdiff_t>(task.target(0));
  return {first, series.end()};
}

}  // namespace rondo::apps
