/// A metric for tests of the trainer.
#pragma once

#include <array>
#include <cmath>
#include <span>
#include <string>

#include "rondo/core/tensor.hpp"

namespace rondo::test {

/// The weighted mean of |prediction − target|; all values of a masked step are left out.
template <Real T>
class AbsoluteError {
 public:
  explicit AbsoluteError(std::string name = "mae") : name_(std::move(name)) {}

  void update(TensorView<const T> predictions,
              TensorView<const T> targets,
              TensorView<const T> weights,
              TensorView<const bool> mask) {
    const std::size_t row = predictions.size() / predictions.shape()[0];
    const std::size_t step = mask ? predictions.size() / mask.size() : 1;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
      if (mask && !mask[i / step]) {
        continue;
      }
      const double weight = weights ? static_cast<double>(weights[i / row]) : 1.0;
      sums_[0] += weight * std::abs(static_cast<double>(predictions[i] - targets[i]));
      sums_[1] += weight;
    }
  }

  void reset() { sums_ = {}; }

  [[nodiscard]] double result() const { return sums_[0] / sums_[1]; }

  [[nodiscard]] std::string name() const { return name_; }

  std::span<double> state() { return sums_; }

  [[nodiscard]] bool higher_is_better() const { return false; }

 private:
  std::string name_;
  std::array<double, 2> sums_{};
};

}  // namespace rondo::test
