/// Compares the gradients of a function with central differences, in double. Public, so that users
/// can check their own ops and cells.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "rondo/core/tape.hpp"

namespace rondo {

enum class GradientCheckMode {
  full,       ///< every entry of every input: exact, for small ops
  direction,  ///< one random direction per input: cheap, for large layers
};

struct GradientCheckOptions {
  GradientCheckMode mode = GradientCheckMode::full;
  /// Step of the differences, relative to max(1, |x|).
  double epsilon = 1e-6;
  /// Largest allowed error relative to max(1, |numeric derivative|).
  double tolerance = 1e-6;
  std::uint64_t seed = 0;
};

struct GradientCheckResult {
  bool passed = true;
  /// The largest relative error and where it was found: input, index, analytic and numeric value.
  double worst_error = 0.0;
  std::string report = {};

  explicit operator bool() const { return passed; }
};

/// What is checked: any function of the inputs; a result of more than one element is weighted with
/// fixed random numbers and summed.
using GradientCheckFunction =
    std::function<Variable<double>(Tape<double>&, std::span<const Variable<double>>)>;

/// @param inputs      values at which to differentiate, away from kinks
/// @param parameters  checked as well: the function reads them through its tape
[[nodiscard]] GradientCheckResult check_gradients(
    const GradientCheckFunction& f,
    std::span<const Tensor<double>> inputs,
    GradientCheckOptions options = {},
    std::span<Parameter<double>* const> parameters = {});

[[nodiscard]] GradientCheckResult check_gradients(
    const GradientCheckFunction& f,
    std::initializer_list<Tensor<double>> inputs,
    GradientCheckOptions options = {},
    std::span<Parameter<double>* const> parameters = {});

}  // namespace rondo
