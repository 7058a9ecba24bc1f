/// How weights get their first values: by name, by factory with parameters, or a user's own.
/// Formulas and defaults are Keras'.
#pragma once

#include <string>
#include <vector>

#include "rondo/core/rng.hpp"
#include "rondo/core/tensor.hpp"
#include "rondo/layers/named_function.hpp"

namespace rondo {

/// Fills the whole tensor.
template <class T>
using InitializerSignature = void(TensorView<T>, Rng&);

class Initializer : public NamedFunction<InitializerSignature> {
 public:
  using NamedFunction::NamedFunction;

  /// By name, as snake case or class name: `"glorot_uniform"`, `"GlorotUniform"`, `"zeros"`, …
  /// @throws ArgumentError for an unknown name; the text lists the known ones
  Initializer(const char* name);  // NOLINT: implicit on purpose, as Activation

  Initializer(const std::string& name) : Initializer(name.c_str()) {}  // NOLINT: as above

  /// A user's own: `[](auto weights, Rng& rng) { … }`
  template <GenericFunction<InitializerSignature> F>
  Initializer(F f) : NamedFunction("custom", std::move(f)) {}  // NOLINT: as above

  template <Real T>
  void operator()(TensorView<T> weights, Rng& rng) const {
    this->get<T>()(weights, rng);
  }
};

enum class FanMode { fan_in, fan_out, fan_avg };
/// uncorrected_truncated_normal: the normal has the standard deviation that is asked for, and
/// cutting it at two of them leaves 0.88 of it (TensorFlow.js).
enum class Distribution {
  truncated_normal,
  untruncated_normal,
  uniform,
  uncorrected_truncated_normal
};

struct VarianceScalingOptions {
  double scale = 1.0;
  FanMode mode = FanMode::fan_in;
  Distribution distribution = Distribution::truncated_normal;
};

namespace initializers {

// Numbers must be finite, stddev not negative, low ≤ high, scale positive.
// @throws ArgumentError otherwise

Initializer zeros();
Initializer ones();
Initializer constant(double value = 0.0);
/// gain · identity; rank 2 only.
Initializer identity(double gain = 1.0);
Initializer random_normal(double mean = 0.0, double stddev = 0.05);
/// Redrawn while outside mean ± 2 stddev.
Initializer truncated_normal(double mean = 0.0, double stddev = 0.05);
Initializer random_uniform(double low = -0.05, double high = 0.05);
/// Draws from a distribution with variance scale / fan. Fans of a matrix are its rows (in) and its
/// columns (out); of a higher rank, the last two axes, times the product of the others.
Initializer variance_scaling(VarianceScalingOptions options = {});
Initializer glorot_uniform();
Initializer glorot_normal();
Initializer he_uniform();
Initializer he_normal();
Initializer lecun_uniform();
Initializer lecun_normal();
/// The same with uncorrected_truncated_normal.
Initializer glorot_normal_tfjs();
Initializer he_normal_tfjs();
Initializer lecun_normal_tfjs();
/// Rows (wide) or columns (tall) of the [product of leading axes, last axis] matrix are
/// orthonormal, times gain (Saxe et al. 2014, arXiv:1312.6120). Rank 2 or more.
Initializer orthogonal(double gain = 1.0);
/// Exactly these values. @throws ShapeError when a weight of another shape is made
Initializer values(Tensor<double> values);

}  // namespace initializers

}  // namespace rondo
