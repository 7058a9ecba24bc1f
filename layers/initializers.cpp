#include "rondo/layers/initializers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/layers/detail/functions.hpp"
#include "rondo/layers/detail/to_config.hpp"

namespace rondo {

namespace {

constexpr std::array initializer_table{
    function_row({"zeros", "Zeros", "zero"}, [] { return initializers::zeros(); }),
    function_row({"ones", "Ones", "one"}, [] { return initializers::ones(); }),
    function_row<"value">({"constant", "Constant"},
                          [](auto... p) { return initializers::constant(p...); }),
    function_row<"gain">({"identity", "Identity", "IdentityInitializer"},
                         [](auto... p) { return initializers::identity(p...); }),
    function_row<"mean", "stddev">({"random_normal", "RandomNormal", "normal"},
                                   [](auto... p) { return initializers::random_normal(p...); }),
    function_row<"mean", "stddev">({"truncated_normal", "TruncatedNormal"},
                                   [](auto... p) { return initializers::truncated_normal(p...); }),
    function_row<"minval", "maxval">({"random_uniform", "RandomUniform", "uniform"},
                                     [](auto... p) { return initializers::random_uniform(p...); }),
    function_row<"scale", "mode", "distribution">(
        {"variance_scaling", "VarianceScaling"},
        [](auto... p) { return initializers::variance_scaling({p...}); }),
    function_row({"glorot_uniform", "GlorotUniform"},
                 [] { return initializers::glorot_uniform(); }),
    function_row({"glorot_normal", "GlorotNormal"}, [] { return initializers::glorot_normal(); }),
    function_row({"glorot_normal_tfjs", "GlorotNormalTFJS"},
                 [] { return initializers::glorot_normal_tfjs(); }),
    function_row({"he_uniform", "HeUniform"}, [] { return initializers::he_uniform(); }),
    function_row({"he_normal", "HeNormal"}, [] { return initializers::he_normal(); }),
    function_row({"he_normal_tfjs", "HeNormalTFJS"}, [] { return initializers::he_normal_tfjs(); }),
    function_row({"lecun_uniform", "LecunUniform"}, [] { return initializers::lecun_uniform(); }),
    function_row({"lecun_normal", "LecunNormal"}, [] { return initializers::lecun_normal(); }),
    function_row({"lecun_normal_tfjs", "LecunNormalTFJS"},
                 [] { return initializers::lecun_normal_tfjs(); }),
    function_row<"gain">({"orthogonal", "Orthogonal", "OrthogonalInitializer"},
                         [](auto... p) { return initializers::orthogonal(p...); }),
};

/// Draws in double whatever the weight's type is, so that float and double models start alike.
template <class T, class Draw>
void fill(TensorView<T> weights, Draw draw) {
  std::generate_n(weights.data(), weights.size(), [&] { return static_cast<T>(draw()); });
}

void check(
    const char* initializer, const char* option, double value, bool valid, const char* rule) {
  if (!valid) {
    throw_argument_error(initializer, fmt::format("{} must be {}, got {}", option, rule, value));
  }
}

void check_finite(const char* initializer, const char* option, double value) {
  check(initializer, option, value, std::isfinite(value), "finite");
}

void check_normal(const char* initializer, double mean, double stddev) {
  check_finite(initializer, "mean", mean);
  check(initializer,
        "stddev",
        stddev,
        std::isfinite(stddev) && stddev >= 0.0,
        "finite and not negative");
}

struct Fans {
  double in;
  double out;
};

Fans fans(const Shape& shape) {
  const std::size_t rank = shape.rank();
  if (rank < 2) {
    const auto length = static_cast<double>(shape.size());
    return {length, length};
  }
  const auto receptive_field = static_cast<double>(shape.product(0, rank - 2));
  return {receptive_field * static_cast<double>(shape[rank - 2]),
          receptive_field * static_cast<double>(shape[rank - 1])};
}

double fan(const Shape& shape, FanMode mode) {
  const Fans both = fans(shape);
  switch (mode) {
    case FanMode::fan_in:
      return both.in;
    case FanMode::fan_out:
      return both.out;
    case FanMode::fan_avg:
      return (both.in + both.out) / 2.0;
  }
  return 1.0;
}

/// Standard deviation of a unit normal that is truncated to [-2, 2].
constexpr double truncated_unit_stddev = 0.87962566103423978;

template <class T>
void scale_variance(TensorView<T> weights, const VarianceScalingOptions& options, Rng& rng) {
  const double variance = options.scale / std::max(1.0, fan(weights.shape(), options.mode));
  const double stddev = std::sqrt(variance);
  switch (options.distribution) {
    case Distribution::truncated_normal:
      fill(weights, [&] { return stddev / truncated_unit_stddev * rng.truncated_normal(); });
      break;
    case Distribution::uncorrected_truncated_normal:
      fill(weights, [&] { return stddev * rng.truncated_normal(); });
      break;
    case Distribution::untruncated_normal:
      fill(weights, [&] { return stddev * rng.normal(); });
      break;
    case Distribution::uniform: {
      const double limit = std::sqrt(3.0 * variance);
      fill(weights, [&] { return rng.uniform(-limit, limit); });
      break;
    }
  }
}

/// Variance scaling under a name of its own, which stands for all its parameters.
Initializer preset(const char* name,
                   const char* class_name,
                   double scale,
                   FanMode mode,
                   Distribution distribution) {
  return {name,
          serialized(class_name, Config::object()),
          [options = VarianceScalingOptions{scale, mode, distribution}](auto weights, Rng& rng) {
            scale_variance(weights, options, rng);
          }};
}

}  // namespace

Initializer initializer_from(std::string_view name, const Config* parameters) {
  return get_named("initializer", initializer_table, name).value(parameters);
}

Initializer::Initializer(const char* name) : Initializer(initializer_from(name, nullptr)) {}

namespace initializers {

Initializer zeros() {
  return {"zeros", serialized("Zeros", Config::object()), [](auto weights, Rng&) {
            fill(weights, [] { return 0.0; });
          }};
}

Initializer ones() {
  return {"ones", serialized("Ones", Config::object()), [](auto weights, Rng&) {
            fill(weights, [] { return 1.0; });
          }};
}

Initializer constant(double value) {
  check_finite("constant", "value", value);
  return {"constant", serialized("Constant", {{"value", value}}), [value](auto weights, Rng&) {
            fill(weights, [value] { return value; });
          }};
}

Initializer identity(double gain) {
  check_finite("identity", "gain", gain);
  return {
      "identity", serialized("Identity", {{"gain", gain}}), [gain](auto weights, Rng&) {
        const Shape& shape = weights.shape();
        if (shape.rank() != 2) {
          throw_shape_error("identity", "only a matrix can be the identity", {{"weight", shape}});
        }
        std::size_t i = 0;
        fill(weights, [&] {
          const bool diagonal = i / shape[1] == i % shape[1];
          ++i;
          return diagonal ? gain : 0.0;
        });
      }};
}

Initializer random_normal(double mean, double stddev) {
  check_normal("random_normal", mean, stddev);
  return {"random_normal",
          serialized("RandomNormal", {{"mean", mean}, {"stddev", stddev}}),
          [mean, stddev](auto weights, Rng& rng) {
            fill(weights, [&] { return mean + stddev * rng.normal(); });
          }};
}

Initializer truncated_normal(double mean, double stddev) {
  check_normal("truncated_normal", mean, stddev);
  return {"truncated_normal",
          serialized("TruncatedNormal", {{"mean", mean}, {"stddev", stddev}}),
          [mean, stddev](auto weights, Rng& rng) {
            fill(weights, [&] { return mean + stddev * rng.truncated_normal(); });
          }};
}

Initializer random_uniform(double low, double high) {
  check_finite("random_uniform", "low", low);
  check_finite("random_uniform", "high", high);
  if (low > high) {
    throw_argument_error("random_uniform", fmt::format("low {} lies above high {}", low, high));
  }
  return {"random_uniform",
          serialized("RandomUniform", {{"minval", low}, {"maxval", high}}),
          [low, high](auto weights, Rng& rng) {
            fill(weights, [&] { return rng.uniform(low, high); });
          }};
}

Initializer variance_scaling(VarianceScalingOptions options) {
  check("variance_scaling",
        "scale",
        options.scale,
        std::isfinite(options.scale) && options.scale > 0.0,
        "finite and positive");
  return {"variance_scaling",
          serialized("VarianceScaling",
                     {{"scale", options.scale},
                      {"mode", to_config(options.mode)},
                      {"distribution", to_config(options.distribution)}}),
          [options](auto weights, Rng& rng) { scale_variance(weights, options, rng); }};
}

Initializer glorot_uniform() {
  return preset("glorot_uniform", "GlorotUniform", 1.0, FanMode::fan_avg, Distribution::uniform);
}

Initializer glorot_normal() {
  return preset(
      "glorot_normal", "GlorotNormal", 1.0, FanMode::fan_avg, Distribution::truncated_normal);
}

Initializer he_uniform() {
  return preset("he_uniform", "HeUniform", 2.0, FanMode::fan_in, Distribution::uniform);
}

Initializer he_normal() {
  return preset("he_normal", "HeNormal", 2.0, FanMode::fan_in, Distribution::truncated_normal);
}

Initializer lecun_uniform() {
  return preset("lecun_uniform", "LecunUniform", 1.0, FanMode::fan_in, Distribution::uniform);
}

Initializer lecun_normal() {
  return preset(
      "lecun_normal", "LecunNormal", 1.0, FanMode::fan_in, Distribution::truncated_normal);
}

Initializer glorot_normal_tfjs() {
  return preset("glorot_normal_tfjs",
                "GlorotNormalTFJS",
                1.0,
                FanMode::fan_avg,
                Distribution::uncorrected_truncated_normal);
}

Initializer he_normal_tfjs() {
  return preset("he_normal_tfjs",
                "HeNormalTFJS",
                2.0,
                FanMode::fan_in,
                Distribution::uncorrected_truncated_normal);
}

Initializer lecun_normal_tfjs() {
  return preset("lecun_normal_tfjs",
                "LecunNormalTFJS",
                1.0,
                FanMode::fan_in,
                Distribution::uncorrected_truncated_normal);
}

Initializer values(Tensor<double> values) {
  return Initializer([values = std::move(values)](auto weights, Rng&) {
    if (weights.shape() != values.shape()) {
      throw_shape_error("values",
                        "the weight has another shape",
                        {{"weight", weights.shape()}, {"values", values.shape()}});
    }
    const double* next = values.data();
    fill(weights, [&] { return *next++; });
  });
}

}  // namespace initializers

}  // namespace rondo
