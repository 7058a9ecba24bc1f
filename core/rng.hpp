/// Random numbers with a specified sequence (D16): the same seed gives the same values with every
/// compiler and standard library. Distributions are our own, because std's are not portable.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "rondo/core/real.hpp"

namespace rondo {

class Rng {
 public:
  explicit Rng(std::uint64_t seed = 0);

  /// A stream of its own for a weight or a layer: depends on this stream's seed and on the name,
  /// not on how many numbers were drawn.
  [[nodiscard]] Rng derive(std::string_view name) const;

  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  std::uint64_t next() { return engine_(); }

  /// Uniform in [0, 1), 53 random bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Uniform integer in [0, n), without bias; n > 0.
  std::uint64_t below(std::uint64_t n);

  /// Standard normal (Marsaglia's polar method, one value per call).
  double normal();

  /// Standard normal, redrawn until it lies in [-2, 2].
  double truncated_normal();

  /// Shuffles in place (Fisher and Yates).
  void shuffle(std::span<std::size_t> values);

  /// Everything needed to continue the stream, as text without line breaks.
  [[nodiscard]] std::string state() const;

  /// @throws FormatError if the text did not come from state()
  void set_state(const std::string& state);

 private:
  std::uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace rondo
