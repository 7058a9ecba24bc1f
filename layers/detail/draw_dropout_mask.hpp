/// For the sources of layers: the values of a dropout mask.
#pragma once

#include <algorithm>
#include <span>

#include "rondo/core/real.hpp"
#include "rondo/core/rng.hpp"

namespace rondo {

/// Each value is 0 with probability `rate`, else 1/(1 - rate).
template <Real T>
void draw_dropout_mask(std::span<T> mask, double rate, Rng& rng) {
  const auto kept = static_cast<T>(rate < 1.0 ? 1.0 / (1.0 - rate) : 0.0);
  std::generate(mask.begin(), mask.end(), [&] {
    return kept * static_cast<T>(rng.uniform() >= rate);  // a branch would often be mispredicted
  });
}

}  // namespace rondo
