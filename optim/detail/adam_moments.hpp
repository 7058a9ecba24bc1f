/// The means that Adam and its relatives keep; for the sources of this folder.
#pragma once

#include <cmath>

#include "rondo/optim/optimizer.hpp"

namespace rondo::detail {

/// m ← m + (1 − β₁)(g − m),  v ← v + (1 − β₂)(g² − v), n elements each
template <Real T>
void update_moments(
    ClippedGradient<T> gradient, double beta_1, double beta_2, std::size_t n, T* m, T* v) {
  const auto fresh_m = static_cast<T>(1.0 - beta_1);
  const auto fresh_v = static_cast<T>(1.0 - beta_2);
  for (std::size_t i = 0; i < n; ++i) {
    const T g = gradient[i];
    m[i] += fresh_m * (g - m[i]);
    v[i] += fresh_v * (g * g - v[i]);
  }
}

/// What is left of a mean that began with 0 after t steps: 1 − βᵗ.
inline double correction(double beta, std::uint64_t t) {
  return 1.0 - std::pow(beta, static_cast<double>(t));
}

/// w ← w − rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
template <Real T>
void adam_step(TensorView<T> weights,
               double rate,
               double correction_1,
               double correction_2,
               double epsilon_hat,
               const T* m,
               const T* v) {
  T* const w = weights.data();
  const std::size_t n = weights.size();
  const auto alpha = static_cast<T>(rate * std::sqrt(correction_2) / correction_1);
  const auto epsilon = static_cast<T>(epsilon_hat);
  for (std::size_t i = 0; i < n; ++i) {
    w[i] -= alpha * m[i] / (std::sqrt(v[i]) + epsilon);
  }
}

}  // namespace rondo::detail
